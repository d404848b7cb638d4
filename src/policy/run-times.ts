import { addMs } from './instants.ts';
import type { Observation } from './outcome.ts';

/** F&O keeps times to the second: what it tells of one and the same run may differ by that much. */
const sameEndMs = 1000;

/** Whether a run that ended then may be the one that ended at `other`, or an earlier one. By one clock. */
export function endedNoLater(endedAt: Date, other: Date): boolean {
  return endedAt.getTime() - other.getTime() <= sameEndMs;
}

/** Whether F&O's times tell of a run after the one that ended then; null if they do not tell. */
export function hasRunSince(runEndedAt: Date | null, observed: Observation): boolean | null {
  if (!runEndedAt || !observed.endedAt) return null;
  return !endedNoLater(observed.endedAt, runEndedAt);
}

/** An end more than a day in the future is none that others could be compared with. */
export function plausibleEnd(endedAt: Date | null, now: Date): Date | null {
  return endedAt && endedAt <= addMs(now, 24 * 3_600_000) ? endedAt : null;
}
