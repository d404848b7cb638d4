import type { EnvironmentState } from '../../domain/environment/environment-state.ts';
import type { BatchJob } from '../../domain/job/batch-job.ts';
import type { NewHistoryEntry } from '../../ports/ledger.ts';
import { recordVersion, requireRecordVersion } from '../../ports/other-version.ts';
import { reviveInstants } from '../../ports/revive-instants.ts';
import type { Subscription } from '../../ports/subscriptions.ts';

type StoredRecord = BatchJob | NewHistoryEntry | EnvironmentState | Subscription;

/** Writes plain values and instants as JSON, with the version of their form. */
export function encodeRecord(record: StoredRecord): string {
  return JSON.stringify({ recordVersion, ...record });
}

/**
 * Throws OtherVersion for a record of another version, like every function here that decodes: only a program that
 * can read the record may change it.
 */
export function decodeJob(json: string): BatchJob {
  return decode<BatchJob>(json, ({ jobId }) => `The record of batch job ${jobId}`);
}

export function decodeHistoryEntry(json: string): NewHistoryEntry {
  return decode<NewHistoryEntry>(json, ({ eventId }) => `The history entry of event ${eventId}`);
}

export function decodeEnvironment(json: string, environment: string): EnvironmentState {
  return decode<EnvironmentState>(json, () => `The record of environment ${environment}`);
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
