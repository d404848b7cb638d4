import { addMs } from '../instants.ts';
import type { BatchJob } from '../job/batch-job.ts';
import { isWithin, sameRunMs } from '../job/runs.ts';
import type { Run } from './run.ts';
import { starterOf } from './settle-run.ts';
import { catchUpMs } from './watch-state.ts';

/**
 * The job's latest failed run, by its record, if it ended within a day before `run` began. F&O shows only the latest
 * run of a job: perhaps no look has seen this one.
 */
export function failedBefore(run: Run, job: BatchJob | null): Run | null {
  const endedAt = job?.seen.failedRunEndedAt ?? null;
  if (endedAt === null || run.startedAt === null || endedAt >= run.startedAt) return null;
  if (endedAt < addMs(run.startedAt, -catchUpMs)) return null;
  const learned = job?.seen.learnedRun ?? null;
  const isLearned = learned !== null && isWithin(learned, endedAt);
  const startedAt = isLearned ? learned.startedAt : null;
  return {
    ...run,
    startedAt,
    endedAt,
    end: 'failed',
    learned: isLearned ? 'read' : 'event',
    startedBy: starterOf({ startedAt, endedAt }, job),
    isSettled: true,
  };
}

/** Whether a run that ended before `run` may be one of these: the event and F&O may tell different ends. */
export function mayBeKnown(before: Run, run: Run, known: readonly Run[]): boolean {
  const since = addMs(before.endedAt, -sameRunMs);
  return known.some(({ jobId, endedAt }) => jobId === run.jobId && endedAt >= since && endedAt < run.endedAt);
}
