import { addMs } from '../instants.ts';
import type { Observation } from '../outcome.ts';
import { type BatchJob, beginEpisode, type Following, idle, type Watching } from './batch-job.ts';
import { cancel, recover } from './close-episode.ts';
import { watchPollMs } from './defer.ts';
import { pollDelayMs } from './following.ts';
import { type Context, type Draft, revise } from './job-event.ts';
import { stuckAfterMs } from './run-state.ts';
import { hasNewerRun, isTakenOut, latestRunAt } from './runs.ts';

/**
 * Polls a job that the service no longer requeues, to see whether a person has acted. A successful run ends the
 * episode, and so does a job that a person took out. A newer start of a job that does not recur also ends it,
 * because only a person can have caused that start. If that run failed again, its failure belongs to the same
 * episode. A recurring job that waits or runs proves nothing. The watch ends after a day.
 */
export function pollWatch(draft: Draft, watching: Watching, observed: Observation, context: Context): Draft {
  const { baseline, failure } = watching;
  const { status } = observed;
  const run = { failure, retry: null };
  const isNewer = hasNewerRun(observed, baseline);
  const showsTimes = latestRunAt(observed) !== null;
  if (status === 'Finished' && (isNewer || (!showsTimes && baseline.status !== 'Finished'))) {
    return recover(draft, run, observed.endedAt, context);
  }
  if (isTakenOut(status) && status !== baseline.status) {
    return cancel(draft, run, `The job is ${status} in F&O: a person took it out.`, context);
  }
  if (!observed.isRecurring && isNewer && status !== 'Error') {
    return { ...draft, job: followOthers(beginEpisode(draft.job), watching, context) };
  }
  return watchOn(draft, watching, context);
}

export function watchOn(draft: Draft, watching: Watching, { now }: Context): Draft {
  const hasEnded = now.getTime() - watching.sinceAt.getTime() >= stuckAfterMs;
  return revise(draft, { phase: hasEnded ? idle : { ...watching, nextPollAt: addMs(now, watchPollMs) } });
}

/** Follows a run that the schedule or a person started. */
export function followOthers(
  job: BatchJob,
  { failure, baseline }: Pick<Following, 'failure' | 'baseline'>,
  { now }: Context,
): BatchJob {
  const phase: Following = {
    kind: 'following',
    failure,
    origin: 'others',
    retry: null,
    baseline,
    since: { startedAt: now, runningAt: null, quiet: null },
    nextPollAt: addMs(now, pollDelayMs(0)),
    polls: 0,
  };
  return { ...job, phase };
}
