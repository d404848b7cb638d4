import { shownTime } from './batch-job-entity.ts';
import type { SimulatedBatchJob } from './batch-job.ts';
import { int64Digits } from './json.ts';

export type Order = 'id' | 'earliest-end-first' | 'latest-end-first';

/** A job's place in any of the orders. It stays valid if the job is deleted or runs meanwhile. */
export interface Place {
  readonly jobId: string;
  /** The end of its latest run in milliseconds. */
  readonly endedAt: number;
}

export function placeOf({ jobId, endedAt }: SimulatedBatchJob): Place {
  return { jobId, endedAt: shownTime(endedAt).getTime() };
}

/** Negative if `one` comes first. Jobs that ended in the same second follow their ids. */
export function comparePlaces(one: Place, other: Place, order: Order): number {
  const byEnd = order === 'id' ? 0 : one.endedAt - other.endedAt;
  if (byEnd !== 0) return order === 'latest-end-first' ? -byEnd : byEnd;
  if (one.jobId === other.jobId) return 0;
  return BigInt(one.jobId) < BigInt(other.jobId) ? -1 : 1;
}

export function writePlace({ jobId, endedAt }: Place): string {
  return `${jobId}_${endedAt}`;
}

/** Null for a text that `writePlace` did not write. */
export function parsePlace(text: string): Place | null {
  const [id = '', endedAt = '', more] = text.split('_');
  const jobId = int64Digits(id);
  if (jobId === null || more !== undefined || !/^-?\d+$/.test(endedAt)) return null;
  return { jobId, endedAt: Number(endedAt) };
}
