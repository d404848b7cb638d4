import { addMs } from '../instants.ts';
import { isSameRun } from '../job/runs.ts';
import type { TimeOfRun } from './run-clock.ts';
import type { Run } from './run.ts';

/** How many ends the watch remembers of its first look: the latest. */
const kept = 100;

/** How far the clocks of F&O's answers and of its runs may lie apart, in ms, beside the time zone. */
const roomMs = 15 * 60_000;

/** The first look that saw all jobs. */
export type FirstLook = {
  /** F&O's clock at this look; null before it. */
  beganAt: Date | null;
  /** When the latest runs of the jobs had ended that it showed. Missing in records that are older than this field. */
  firstEnds?: readonly TimeOfRun[];
};

type Ended = Pick<Run, 'jobId' | 'startedAt' | 'endedAt'>;

/** Remembers the latest end of each job that the first look shows, the latest first. */
export function firstLook(beganAt: Date, shown: readonly Ended[]): FirstLook {
  const sorted = shown.toSorted((one, other) => other.endedAt.getTime() - one.endedAt.getTime());
  const ofJobs = new Map<string, TimeOfRun>();
  for (const { jobId, endedAt } of sorted) if (!ofJobs.has(jobId)) ofJobs.set(jobId, { jobId, at: endedAt });
  return { beganAt, firstEnds: [...ofJobs.values()].slice(0, kept) };
}

/**
 * Whether a run ended after the first look; false before it. What it showed tells this rather than F&O's clock,
 * from which the times of runs may lie apart. `aheadMs`: how far they are ahead of it.
 */
export function hasEndedSince(first: FirstLook, run: Ended, aheadMs: number): boolean {
  const { beganAt, firstEnds = [] } = first;
  // F&O may show an end late: then the first look did not show it.
  if (beganAt === null || run.endedAt <= addMs(beganAt, Math.min(aheadMs, 0) - roomMs)) return false;
  const shown = firstEnds.find(({ jobId }) => jobId === run.jobId);
  if (!shown) return firstEnds.length < kept || run.endedAt > (firstEnds.at(-1)?.at ?? beganAt);
  // F&O may write an end anew: the run began before, nevertheless.
  const isSame = isSameRun(run.endedAt, shown.at) || (run.startedAt !== null && run.startedAt < shown.at);
  return run.endedAt > shown.at && !isSame;
}
