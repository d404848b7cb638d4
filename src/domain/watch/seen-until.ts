import { addMs, latest } from '../instants.ts';
import type { Run } from './run.ts';

/** How far, in ms, one job alone moves the position at most: up to so long before F&O's clock. */
const aloneMs = 2 * 3_600_000;

/**
 * Up to where all ends were seen: up to the latest end of all jobs but one, whose times may be wrong. No run can have
 * ended after F&O's clock. `aheadMs`: how far the times of runs are ahead of it.
 */
export function seenUntil(
  runs: readonly Pick<Run, 'jobId' | 'endedAt'>[],
  positionAt: Date,
  fnoNow: Date,
  aheadMs: number,
): Date {
  const ends = new Map<string, Date>();
  for (const { jobId, endedAt } of runs) {
    if (endedAt > addMs(fnoNow, aheadMs)) continue;
    ends.set(jobId, latest(ends.get(jobId) ?? null, endedAt) ?? endedAt);
  }
  const [newest, second] = [...ends.values()].toSorted((one, other) => other.getTime() - one.getTime());
  const aloneUntil = addMs(fnoNow, Math.min(aheadMs, 0) - aloneMs);
  const byOne = newest && newest > aloneUntil ? aloneUntil : newest;
  return latest(positionAt, latest(byOne ?? null, second ?? null)) ?? positionAt;
}
