import type { Learned } from '../failure.ts';
import type { FailedRun, Seen } from './batch-job.ts';
import { isSameRun } from './runs.ts';

/** How many failed runs a record keeps: the latest. */
const kept = 20;

/**
 * The failed runs that the record knows, and one more, the latest last; the same if that one is known or has no end. A
 * moot one is known only until something is decided about it.
 */
export function withFailedRun(
  { failedRuns = [] }: Pick<Seen, 'failedRuns'>,
  endedAt: Date | null,
  { learned, isMoot = false }: { learned?: Learned | undefined; isMoot?: boolean } = {},
): readonly FailedRun[] {
  if (endedAt === null) return failedRuns;
  const known = failedRunAt({ failedRuns }, endedAt);
  if (known && (isMoot || !known.isMoot)) return failedRuns;
  const run = { endedAt, ...(learned && { learned }), ...(isMoot && { isMoot }) } satisfies FailedRun;
  const all = [...failedRuns.filter((one) => one !== known), run];
  return all.toSorted((one, other) => one.endedAt.getTime() - other.endedAt.getTime()).slice(-kept);
}

/** The failed run of this end, if the record knows it. */
export function failedRunAt(
  { failedRuns = [] }: Pick<Seen, 'failedRuns'>,
  endedAt: Date | null,
): FailedRun | undefined {
  return failedRuns.find((known) => isSameRun(known.endedAt, endedAt));
}

/** Whether something was decided about the failed run of this end. */
export function isDecided(seen: Pick<Seen, 'failedRuns'>, endedAt: Date | null): boolean {
  const known = failedRunAt(seen, endedAt);
  return known !== undefined && !known.isMoot;
}
