import { isOfRun, isSameRun } from '../job/runs.ts';
import type { Observation } from '../outcome.ts';

const minute = 60_000;

/** How far our clock and F&O's may lie apart before a person should know, in ms. */
const clockToleranceMs = minute;

/**
 * What a person should know of F&O's times, in a sentence: that our clocks differ, or that F&O shows another end of
 * the failed run than its event told. Null if all is well. Nothing is decided by it.
 */
export function timesThatDiffer(
  observed: Observation,
  failedRunEndedAt: Date | null,
  now: Date,
): string | null {
  const { readAt, endedAt } = observed;
  if (readAt && Math.abs(readAt.getTime() - now.getTime()) > clockToleranceMs) {
    return `F&O's clock says ${readAt.toISOString()} where this computer's says ${now.toISOString()}. F&O's times are compared with one another only, but one of the clocks is to be set right.`;
  }
  if (failedRunEndedAt === null || endedAt === null || isSameRun(failedRunEndedAt, endedAt)) return null;
  if (!isOfRun(failedRunEndedAt, observed)) return null;
  return `F&O shows that a run ended at ${endedAt.toISOString()} where its event said ${failedRunEndedAt.toISOString()}: both count as one run.`;
}
