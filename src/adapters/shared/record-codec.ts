import type { Cause } from '../../domain/cause/cause.ts';
import type { EnvironmentState } from '../../domain/environment/environment-state.ts';
import type { BatchJob } from '../../domain/job/batch-job.ts';
import type { Run } from '../../domain/watch/run.ts';
import type { WatchState } from '../../domain/watch/watch-state.ts';
import type { BatchJobKey, ListedJob, NewHistoryEntry } from '../../ports/ledger.ts';
import { OtherVersion, recordVersion, requireRecordVersion } from '../../ports/other-version.ts';
import { reviveInstants, stringifyInstants } from '../../ports/json-instants.ts';
import type { Subscription } from '../../ports/subscriptions.ts';

type StoredRecord = BatchJob | NewHistoryEntry | EnvironmentState | Subscription | Run | WatchState | Cause;

/**
 * Writes plain values and instants as JSON, with the version of their form: as the last, since an object that loses an
 * earlier property is slow from then on.
 */
export function encodeRecord(record: StoredRecord): string {
  return stringifyInstants({ ...record, recordVersion });
}

/**
 * Throws OtherVersion for a record of another version, like every function here that decodes, but the one for listings:
 * only a program that can read the record may change it.
 */
export function decodeJob(json: string): BatchJob {
  return decode<BatchJob>(json, ({ jobId }) => `The record of batch job ${jobId}`);
}

/** For a listing: a record of another version does not hide the others. */
export function decodeListedJob({ environment, jobId }: BatchJobKey, json: string): ListedJob {
  try {
    return decodeJob(json);
  } catch (error) {
    if (error instanceof OtherVersion) return { environment, jobId, unreadable: error };
    throw error;
  }
}

export function decodeHistoryEntry(json: string): NewHistoryEntry {
  return decode<NewHistoryEntry>(json, ({ eventId }) => `The history entry of event ${eventId}`);
}

export function decodeEnvironment(json: string, environment: string): EnvironmentState {
  return decode<EnvironmentState>(json, () => `The record of environment ${environment}`);
}

export function decodeRun(json: string): Run {
  return decode<Run>(json, ({ jobId }) => `A run of batch job ${jobId}`);
}

export function decodeWatch(json: string, environment: string): WatchState {
  return decode<WatchState>(json, () => `The watch's record of environment ${environment}`);
}

export function decodeCause(json: string): Cause {
  return decode<Cause>(json, ({ eventId }) => `The cause of event ${eventId}`);
}

/** Anybody with a subscription's id can end it, so the message shows only the start of the id. */
export function decodeSubscription(json: string): Subscription {
  return decode<Subscription>(
    json,
    ({ id }) => `The record of the subscription that begins with ${id.slice(0, 8)}`,
  );
}

function decode<Stored extends StoredRecord>(json: string, nameOf: (record: Stored) => string): Stored {
  const record: Stored & { recordVersion?: unknown } = reviveInstants(JSON.parse(json));
  requireRecordVersion(nameOf(record), record.recordVersion);
  delete record.recordVersion;
  return record;
}
