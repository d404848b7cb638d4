import type { Failure } from '../failure.ts';
import { addMs } from '../instants.ts';
import type { Observation } from '../outcome.ts';
import type { RetryPolicy } from '../retry-policy/retry-policy.ts';
import { type BatchJob, beginEpisode } from './batch-job.ts';
import { runDecision } from './decision.ts';
import { type Context, type Draft, revise } from './job-event.ts';
import { isSameRun } from './runs.ts';

/** How much later than planned a busy batch server starts a job, in ms, at most. */
export const startsLateMs = 15 * 60_000;

/**
 * A requeued run ended without an event. If the failed run started long after the start that F&O had planned next,
 * the run at that start sent no failure either: two runs in a row without a failure, so a new episode begins. Where more
 * than events tells of failures, it must have told of that time.
 */
export function afterSilentRuns(
  draft: Draft,
  failure: Failure,
  policy: RetryPolicy,
  observed: Observation,
  { now, failuresToldUntil }: Context,
): Draft {
  const { job } = draft;
  const nextStartAt = job.seen.endedWithoutEvent?.nextStartAt ?? null;
  const noted: BatchJob = { ...job, seen: { ...job.seen, endedWithoutEvent: null } };
  const { startedAt, endedAt } = observed;
  const isSilent =
    nextStartAt !== null &&
    startedAt !== null &&
    isSameRun(endedAt, failure.endedAt) &&
    startedAt > addMs(nextStartAt, startsLateMs) &&
    (failuresToldUntil === null || failuresToldUntil > addMs(nextStartAt, startsLateMs));
  if (!isSilent) return { ...draft, job: noted };
  const next = beginEpisode(noted);
  const reason = 'Two runs in a row sent no failed event: a new episode begins.';
  const made = runDecision(job, failure, 'ended', reason, { policy });
  return revise(draft, { ...next, episode: { ...next.episode, startedAt: now } }, made);
}
