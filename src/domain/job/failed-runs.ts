import type { Seen } from './batch-job.ts';
import { isSameRun } from './runs.ts';

/** How many failed runs a record keeps: the latest. */
const kept = 20;

/** The failed runs that the record knows, and one more, the latest last; the same if that one is known or has no end. */
export function withFailedRun(
  { failedRuns = [] }: Pick<Seen, 'failedRuns'>,
  endedAt: Date | null,
): NonNullable<Seen['failedRuns']> {
  if (endedAt === null || isFailedRun({ failedRuns }, endedAt)) return failedRuns;
  const all = [...failedRuns, { endedAt }];
  return all.toSorted((one, other) => one.endedAt.getTime() - other.endedAt.getTime()).slice(-kept);
}

/** Whether the record knows that the run of this end failed; false if the end is unknown. */
export function isFailedRun({ failedRuns = [] }: Pick<Seen, 'failedRuns'>, endedAt: Date | null): boolean {
  return failedRuns.some((known) => isSameRun(known.endedAt, endedAt));
}
