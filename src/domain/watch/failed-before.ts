import { addMs } from '../instants.ts';
import type { BatchJob } from '../job/batch-job.ts';
import { withFailedRun } from '../job/failed-runs.ts';
import { isWithin, sameRunMs } from '../job/runs.ts';
import type { Run } from './run.ts';
import { starterOf } from './settle-run.ts';
import { catchUpMs } from './watch-state.ts';

/**
 * The job's failed runs, by its record, that ended within a day before `run` began, the latest first. F&O shows only the
 * latest run of a job: perhaps no look has seen these.
 */
export function failedBefore(run: Run, job: BatchJob | null): Run[] {
  const { startedAt } = run;
  if (!job || startedAt === null) return [];
  const { failedRunEndedAt, learnedRun } = job.seen;
  const since = addMs(startedAt, -catchUpMs);
  return withFailedRun(job.seen, failedRunEndedAt)
    .filter(({ endedAt }) => endedAt < startedAt && endedAt >= since)
    .toReversed()
    .map(({ endedAt, isMoot }) => {
      const isLearned = learnedRun !== null && isWithin(learnedRun, endedAt);
      const failedAt = isLearned ? learnedRun.startedAt : null;
      return {
        ...run,
        startedAt: failedAt,
        endedAt,
        end: 'failed',
        learned: isLearned || isMoot ? 'read' : 'event',
        startedBy: starterOf({ startedAt: failedAt, endedAt }, job),
        nextStartAt: null,
        isSettled: true,
      };
    });
}

/** Whether a run that ended before `run` may be one of these: the event and F&O may tell different ends. */
export function mayBeKnown(before: Run, run: Run, known: readonly Run[]): boolean {
  const since = addMs(before.endedAt, -sameRunMs);
  return known.some(({ jobId, endedAt }) => jobId === run.jobId && endedAt >= since && endedAt < run.endedAt);
}
