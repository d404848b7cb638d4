import type { CausePlace } from '../../../ports/causes.ts';
import type { BatchJobKey } from '../../../ports/ledger.ts';
import { encodeKey, partitionOf } from './ledger-keys.ts';

/** The largest instant of a Date: rows by time sort from the latest on. */
const lastMs = 8_640_000_000_000_000;
const digits = String(lastMs).length;

export function keysByFailure(key: BatchJobKey, eventId: string) {
  return { partitionKey: `j:${partitionOf(key)}`, rowKey: encodeKey(eventId) };
}

export function keysByTime({ environment, jobId, eventId, failedAt }: CausePlace & { environment: string }) {
  const rowKey = `${timeKey(failedAt)}:${jobId}:${encodeKey(eventId)}`;
  return { partitionKey: dayPartition(environment, failedAt), rowKey };
}

export function dayPrefix(environment: string): string {
  return `d:${encodeKey(environment)}:`;
}

/** A later day has a smaller key. */
export function dayPartition(environment: string, at: Date): string {
  const day = Math.floor(at.getTime() / 86_400_000);
  return `${dayPrefix(environment)}${99_999 - day}`;
}

/** A later instant has a smaller key. */
export function timeKey(at: Date): string {
  return String(lastMs - at.getTime()).padStart(digits, '0');
}
