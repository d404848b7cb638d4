import type { EnvironmentState } from '../../domain/environment/environment-state.ts';
import type { BatchJob } from '../../domain/job/batch-job.ts';
import { StoreUnavailable, type NewHistoryEntry } from '../../ports/ledger.ts';
import { reviveInstant } from '../../ports/revive-instant.ts';
import type { Subscription } from '../../ports/subscriptions.ts';

/** The version of a job's record that this program writes, and the only one that it reads. */
const recordVersion = 2;

/** Writes plain values and instants as JSON. */
export function encodeRecord(record: NewHistoryEntry | EnvironmentState | Subscription): string {
  return JSON.stringify(record);
}

export function encodeJob(job: BatchJob): string {
  return JSON.stringify({ recordVersion, ...job });
}

/** Throws StoreUnavailable for a record of another version: only a program that can read it may change it. */
export function decodeJob(json: string): BatchJob {
  const { recordVersion: found, ...job }: BatchJob & { recordVersion?: unknown } = JSON.parse(
    json,
    reviveInstant,
  );
  if (found === recordVersion) return job;
  const named = typeof found === 'number' ? `version ${found}` : 'a version without a number';
  throw new StoreUnavailable(
    `The record of batch job ${job.jobId} has ${named}; this program reads version ${recordVersion}. Run the program that wrote it, or empty the store.`,
  );
}

export function decodeHistoryEntry(json: string): NewHistoryEntry {
  const entry: NewHistoryEntry = JSON.parse(json, reviveInstant);
  return entry;
}

export function decodeEnvironment(json: string): EnvironmentState {
  const state: EnvironmentState = JSON.parse(json, reviveInstant);
  return state;
}

export function decodeSubscription(json: string): Subscription {
  const subscription: Subscription = JSON.parse(json, reviveInstant);
  return subscription;
}
