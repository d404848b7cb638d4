import type { Learned } from '../failure.ts';
import type { BatchJob, FailedRun } from '../job/batch-job.ts';
import { withFailedRun } from '../job/failed-runs.ts';
import { startsLateMs } from '../job/silent-runs.ts';
import { isNewer, isWaiting, isWithin, sameRunMs } from '../job/runs.ts';
import type { Observation } from '../outcome.ts';
import { canBeOfRun } from './run-clock.ts';
import type { Run } from './run.ts';

/** How long an event of a run may take, in ms, before the watch counts it as lost. */
export const eventLostMs = 5 * 60_000;

/** A listed job as a search of F&O showed it. */
export type Shown = Observation & Pick<Run, 'environment' | 'jobId'>;

/**
 * The run whose end F&O shows, before anybody has said more of it; null if F&O shows none. The status tells how it
 * ended only if it is the status of this run: a job that has started again shows an end of the run before.
 */
export function runShown(shown: Shown): Run | null {
  const { environment, jobId, description, legalEntity, startedAt, endedAt, readAt, status } = shown;
  const { isRecurring, scheduledAt } = shown;
  if (endedAt === null || (readAt !== null && !canBeOfRun(endedAt, readAt))) return null;
  const hasStartedAgain = startedAt !== null && startedAt > endedAt;
  const end = hasStartedAgain ? null : endOf(status);
  return {
    environment,
    jobId,
    description,
    legalEntity,
    startedAt: hasStartedAgain ? null : startedAt,
    endedAt,
    end: end ?? 'ended',
    learned: end && 'status',
    startedBy: null,
    nextStartAt: isRecurring && isWaiting(status) ? scheduledAt : null,
    isSettled: false,
  };
}

/**
 * Whether F&O shows the times of the job's latest run until a newer one begins: it may clear those of a recurring job
 * when the job waits again.
 */
export function keepsTimes({ endedAt, isRecurring, status }: Shown): boolean {
  return endedAt !== null && (!isRecurring || isWaiting(status));
}

/** How a run ended by a status of F&O; null if the status does not tell. */
export function endOf(status: string): 'failed' | 'finished' | 'canceled' | null {
  switch (status) {
    case 'Error':
      return 'failed';
    case 'Finished':
      return 'finished';
    case 'Canceled':
      return 'canceled';
    default:
      return null;
  }
}

/**
 * Settles a run by what events said of it, or else by what F&O shows. While an event may still come, a run that
 * failed, or of which nobody knows how it ended, stays as it is.
 */
export function settleRun(run: Run, job: BatchJob | null, isOverdue: boolean): Run {
  const known = { ...run, startedBy: run.startedBy ?? starterOf(run, job) };
  const told = endByEvent(run, job);
  if (told) return { ...known, ...told, isSettled: true };
  const needsNoEvent = run.end === 'finished' || run.end === 'canceled';
  return { ...known, isSettled: isOverdue || needsNoEvent };
}

/** Whether no event of the run is expected any more. `fnoNow` is F&O's clock. */
export function isEventOverdue({ endedAt }: Pick<Run, 'endedAt'>, fnoNow: Date, waitMs: number): boolean {
  return fnoNow.getTime() - endedAt.getTime() >= waitMs;
}

/** What the job's record knows of the run; what a search told it before keeps its source. */
function endByEvent(run: Run, job: BatchJob | null): Pick<Run, 'end' | 'learned'> | null {
  if (!job) return null;
  const { failedRunEndedAt, finishedRunEndedAt } = job.seen;
  const failed = withFailedRun(job.seen, failedRunEndedAt).findLast(({ endedAt }) => isWithin(run, endedAt));
  if (failed) {
    const learned = learnedOf(failed, job);
    return { end: 'failed', learned: learned === null ? 'event' : (run.learned ?? learned) };
  }
  return isWithin(run, finishedRunEndedAt) ? { end: 'finished', learned: 'event' } : null;
}

/** What told of a failed run that the record knows, if not its event. */
export function learnedOf({ endedAt, learned }: FailedRun, { seen }: BatchJob): Learned | null {
  // Records that are older say it of the latest such run only.
  const isLearned = seen.learnedRun !== null && isWithin(seen.learnedRun, endedAt);
  return learned ?? (isLearned ? 'read' : null);
}

/** Whose requeue started the run, as far as the job's record shows it. */
export function starterOf(run: Pick<Run, 'startedAt' | 'endedAt'>, job: BatchJob | null): Run['startedBy'] {
  const requeued = job?.seen.requeuedRun;
  if (requeued && isWithin(run, requeued.endedAt)) return requeued.by;
  if (job?.phase.kind !== 'following' || job.phase.origin === 'others') return null;
  const { origin, baseline } = job.phase;
  const failedAt = baseline.failedRunEndedAt;
  const isSince =
    run.startedAt === null || failedAt === null || run.startedAt.getTime() >= failedAt.getTime() - sameRunMs;
  return isNewer(run.endedAt, failedAt) && isSince ? origin : null;
}

/** Whether the run started when F&O had planned it, as F&O showed it after the run before. */
export function isBySchedule({ startedAt }: Run, before: Run | null): boolean {
  const plannedAt = before?.nextStartAt ?? null;
  if (startedAt === null || plannedAt === null) return false;
  const lateMs = startedAt.getTime() - plannedAt.getTime();
  return lateMs >= -sameRunMs && lateMs <= startsLateMs;
}
