import { isOfRun, isSameRun } from '../job/runs.ts';
import type { Observation } from '../outcome.ts';

const minute = 60_000;

/** How far our clock and F&O's may lie apart before a person should know, in ms. */
const clockToleranceMs = minute;

/**
 * Warns about F&O's times, in a sentence: F&O's clock and ours differ, or F&O shows another end of the failed run
 * than its event. Null if all is well. No decision depends on it.
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
  if (failedRunEndedAt === null || endedAt === null || isSameRun(failedRunEndedAt, endedAt)) return null;
  if (!isOfRun(failedRunEndedAt, observed)) return null;
  return `F&O shows that a run ended at ${endedAt.toISOString()}, and its event said ${failedRunEndedAt.toISOString()}: both count as one run.`;
}
