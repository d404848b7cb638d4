import type { BatchJob } from '../policy/batch-job.ts';
import type { EnvironmentState } from '../policy/environment-state.ts';
import type { NewHistoryEntry } from '../ports/ledger.ts';

/** Writes a record of plain values and instants as JSON. */
export function encodeRecord(record: BatchJob | NewHistoryEntry | EnvironmentState): string {
  return JSON.stringify(record);
}

export function decodeJob(json: string): BatchJob {
  const job: BatchJob = JSON.parse(json, reviveInstant);
  return job;
}

export function decodeHistoryEntry(json: string): NewHistoryEntry {
  const entry: NewHistoryEntry = JSON.parse(json, reviveInstant);
  return entry;
}

export function decodeEnvironment(json: string): EnvironmentState {
  const state: EnvironmentState = JSON.parse(json, reviveInstant);
  return state;
}

/** What is named `at`, `…At` or `…Until` is an instant. */
function reviveInstant(key: string, value: unknown): unknown {
  return typeof value === 'string' && /^at$|At$|Until$/.test(key) ? new Date(value) : value;
}
