import type { Learned } from '../failure.ts';
import type { Seen } from './batch-job.ts';
import { isSameRun } from './runs.ts';

/** How many failed runs a record keeps: the latest. */
const kept = 20;

/**
 * The failed runs that the record knows, and one more, the latest last; the same if that one is known or has no end.
 * `learned`: what told of it before its event.
 */
export function withFailedRun(
  { failedRuns = [] }: Pick<Seen, 'failedRuns'>,
  endedAt: Date | null,
  learned?: Learned,
): NonNullable<Seen['failedRuns']> {
  if (endedAt === null || failedRuns.some((known) => isSameRun(known.endedAt, endedAt))) return failedRuns;
  const all = [...failedRuns, { endedAt, ...(learned && { learned }) }];
  return all.toSorted((one, other) => one.endedAt.getTime() - other.endedAt.getTime()).slice(-kept);
}
