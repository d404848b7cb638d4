import type { BatchJobKey } from '../../../ports/ledger.ts';
import { encodeKey, partitionOf } from './ledger-keys.ts';

/**
 * A run has two rows: one among its job's runs, the newest first, and one among the runs of its environment that
 * ended on the same day.
 */
export const jobPartition = (key: BatchJobKey) => partitionOf(key);

export const dayPartition = (environment: string, day: string) => `${encodeKey(environment)}:d${day}`;

/** The UTC day of an instant, such as `2026-03-02`. */
export const dayOf = (instant: Date) => instant.toISOString().slice(0, 10);

const digits = 15;
const lastMs = 10 ** digits - 1;

export const rowKeyOfJob = (endedAt: Date) => padded(lastMs - endedAt.getTime());

/** Several runs may end at one time. */
export const rowKeyOfDay = (endedAt: Date, jobId: string) => `${rowKeyFrom(endedAt)}_${jobId}`;

/** The first row key of the runs that ended at this time. */
export const rowKeyFrom = (endedAt: Date) => padded(endedAt.getTime());

/** A position comes from a caller; null if it is not one. */
export function endOfPosition(position: string): Date | null {
  const ms = /^(\d{15})_-?\d+$/.exec(position)?.[1];
  return ms === undefined ? null : new Date(Number(ms));
}

/** A position among a job's runs comes from a caller, too: an invalid one stands for the newest run. */
export const jobRowKeyAt = (position: string) => (/^\d{15}$/.test(position) ? position : '');

function padded(ms: number): string {
  return String(ms).padStart(digits, '0');
}
