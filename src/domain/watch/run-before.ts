import { addMs, latest } from '../instants.ts';
import type { BatchJob, RunTimes } from '../job/batch-job.ts';
import { isNewer, isSameRun, sameRunMs } from '../job/runs.ts';

/** The latest run before this one, among those that are kept and those that the job's record knows; null if none is known. */
export function runBefore(run: RunTimes, kept: readonly RunTimes[], job: BatchJob | null): RunTimes | null {
  const known = [...kept, ...recorded(job)];
  const end = known.reduce<Date | null>(
    (last, one) => (isBefore(one, run) ? latest(last, one.endedAt) : last),
    null,
  );
  const startedAt = known.find((one) => one.startedAt !== null && isSameRun(one.endedAt, end))?.startedAt;
  return end && { startedAt: startedAt ?? null, endedAt: end };
}

function isBefore(one: RunTimes, { startedAt, endedAt }: RunTimes): boolean {
  if (!isNewer(endedAt, one.endedAt)) return false;
  if (startedAt === null) return true;
  // An end within the run is its own, as its event told it, unless that run began before.
  const began = one.startedAt ?? one.endedAt;
  return one.startedAt === null ? began <= addMs(startedAt, sameRunMs) : isNewer(startedAt, began);
}

function recorded(job: BatchJob | null): RunTimes[] {
  if (!job) return [];
  const { failedRuns = [], failedRunEndedAt, finishedRunEndedAt, learnedRun, learnedFinish } = job.seen;
  const ends = [...failedRuns.map(({ endedAt }) => endedAt), failedRunEndedAt, finishedRunEndedAt];
  const ofEnds = ends.flatMap((endedAt) => (endedAt ? [{ startedAt: null, endedAt }] : []));
  return [...ofEnds, ...[learnedRun, learnedFinish].filter((one) => one !== null && one !== undefined)];
}
