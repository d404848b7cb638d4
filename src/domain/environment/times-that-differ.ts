import { isOfRun, isSameRun, latestRunAt } from '../job/runs.ts';
import type { Observation } from '../outcome.ts';

const minute = 60_000;

/** How far our clock and F&O's may lie apart before a person should know, in ms. */
const clockToleranceMs = minute;

/** How far the clocks of F&O's machines may lie apart, in ms. */
const runToleranceMs = 2 * minute;

/**
 * Warns about F&O's times, in a sentence: F&O's clock and ours differ, or F&O's clock and its times of runs, or F&O
 * shows another end of the failed run than its event. Null if all is well. No decision depends on it.
 */
export function timesThatDiffer(
  observed: Observation,
  failedRunEndedAt: Date | null,
  now: Date,
): string | null {
  const { readAt, endedAt } = observed;
  if (readAt && Math.abs(readAt.getTime() - now.getTime()) > clockToleranceMs) {
    return `F&O's clock says ${readAt.toISOString()}, and this computer's says ${now.toISOString()}. The service compares F&O's times only with one another, but a person should correct one of the clocks.`;
  }
  const runAt = latestRunAt(observed);
  if (readAt && runAt && runAt.getTime() - readAt.getTime() > runToleranceMs) {
    return `F&O's clock says ${readAt.toISOString()}, and F&O shows that a run began or ended at ${runAt.toISOString()}, perhaps in local time: whether a planned start is near, the service cannot tell.`;
  }
  if (failedRunEndedAt === null || endedAt === null || isSameRun(failedRunEndedAt, endedAt)) return null;
  if (!isOfRun(failedRunEndedAt, observed)) return null;
  return `F&O shows that a run ended at ${endedAt.toISOString()}, and its event said ${failedRunEndedAt.toISOString()}: both count as one run.`;
}
