import type { BatchJob } from '../policy/batch-job.ts';
import type { EnvironmentState } from '../policy/environment-state.ts';
import type { NewHistoryEntry } from '../ports/ledger.ts';
import { reviveInstant } from '../ports/revive-instant.ts';
import type { Subscription } from '../ports/subscriptions.ts';

/** Writes a record of plain values and instants as JSON. */
export function encodeRecord(record: BatchJob | NewHistoryEntry | EnvironmentState | Subscription): string {
  return JSON.stringify(record);
}

/** What records lack that were written before it was there. */
const newer = { paused: null, untold: [], tellingUntil: null, returnedClaim: null };

export function decodeJob(json: string): BatchJob {
  const job: BatchJob = { ...newer, ...JSON.parse(json, reviveInstant) };
  return job;
}

/** Entries from before it was kept lack the envelope. */
export function decodeHistoryEntry(json: string): NewHistoryEntry {
  const entry: Omit<NewHistoryEntry, 'envelope'> & Partial<NewHistoryEntry> = JSON.parse(json, reviveInstant);
  return { ...entry, envelope: entry.envelope ?? null };
}

export function decodeEnvironment(json: string): EnvironmentState {
  const state: EnvironmentState = JSON.parse(json, reviveInstant);
  return state;
}

export function decodeSubscription(json: string): Subscription {
  const subscription: Subscription = JSON.parse(json, reviveInstant);
  return subscription;
}
