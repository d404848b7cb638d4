import type { Observation, SetToWaitingOutcome } from '../domain/outcome.ts';

/** What SetBatchJobToWaiting does, in an F&O, to a recurring job that waits for its next scheduled start. */
type RecurringTrait = 'starts-now' | 'no-change' | 'refuses';

/** One poll of the job, `afterMs` after the answer. `at` is F&O's clock, or this machine's if F&O sent no date. */
export type Poll = { afterMs: number; at: Date; observation: Observation };

/** `unclear`: the probe measured nothing. `because` is a sentence. */
export type Verdict = { kind: RecurringTrait | 'unclear'; because: string };

/** How long the probe polls the job, in ms: the batch server starts jobs once a minute. */
export const pollForMs = 5 * 60_000;
/** A start within this time of F&O's clock, in ms, counts as now. */
const soonMs = 2 * 60_000;
/** A job that starts on its own within this time, in ms, during the polls or soon after, proves nothing. */
const freeMs = pollForMs + soonMs + 60_000;

/** Times closer together than this, in ms, count as equal: F&O stores whole seconds. */
const sameMs = 2000;

/** Says in a sentence why a job cannot show the trait; null if it can. */
export function whyUnfit({ at, observation }: Poll): string | null {
  const { isRecurring, status, scheduledAt } = observation;
  if (!isRecurring) return 'It does not recur (its Recurrence is empty): choose a recurring job.';
  if (!isWaiting(status))
    return `It is ${status}, and does not wait for its next scheduled start. ${rightTime}`;
  if (!scheduledAt) return 'F&O does not show its next scheduled start.';
  if (scheduledAt.getTime() - at.getTime() < freeMs)
    return `It starts by itself at ${scheduledAt.toISOString()}, which is too soon (or past) to see what a requeue does. ${rightTime}`;
  return null;
}

const rightTime =
  'Run this right after a failed run of a job that recurs every half hour or less often, once it is Waiting again.';

/** Judges the polls after a requeue, in their order; null: poll again. `whyUnfit` must have accepted `before`. */
export function judge(before: Poll, answer: SetToWaitingOutcome, polls: readonly Poll[]): Verdict | null {
  const { message } = answer.answer;
  const reason = message === null ? '' : ` (${message})`;
  if (answer.kind === 'refused') {
    if (answer.answer.isSuccess === false) return { kind: 'refuses', because: `F&O refuses${reason}.` };
    return { kind: 'unclear', because: `F&O answered with an error, and not in the action's form${reason}.` };
  }
  if (answer.kind !== 'taken' && answer.kind !== 'unknown')
    return { kind: 'unclear', because: `F&O did not take the request: ${answer.kind}${reason}.` };

  const sign = polls.map((poll) => signOfStart(before, poll)).find((found) => found !== null);
  if (sign !== undefined) return { kind: 'starts-now', because: sign };
  const last = polls.at(-1);
  if (!last || last.afterMs < pollForMs) return null;
  if (answer.kind === 'unknown')
    return { kind: 'unclear', because: `It is not known whether F&O took the request${reason}.` };
  return isUnchanged(before, last)
    ? { kind: 'no-change', because: 'F&O took the request, and the job still waits for the same start.' }
    : { kind: 'unclear', because: 'The job changed, but no poll saw it start.' };
}

/** Whether F&O keeps the times of the latest run while the job waits. */
export function timesOf({ startedAt, endedAt }: Observation): string {
  if (startedAt && endedAt) return 'times kept';
  if (!startedAt && !endedAt) return 'times cleared (or the job never ran)';
  return startedAt ? 'start kept, end cleared' : 'start cleared, end kept';
}

/** The statuses of a job that waited for its schedule and has started since. */
const hasLeft = new Set(['Ready', 'Executing', 'Cancelling', 'Error', 'Finished']);

function signOfStart(before: Poll, { at, observation }: Poll): string | null {
  const { status, startedAt, endedAt, scheduledAt } = observation;
  if (hasLeft.has(status)) return `It is ${status}.`;
  if (isNewer(startedAt, before.observation.startedAt, before.at))
    return `It started at ${startedAt?.toISOString()}.`;
  if (isNewer(endedAt, before.observation.endedAt, before.at))
    return `A run of it ended at ${endedAt?.toISOString()}.`;
  const isSoon = scheduledAt !== null && scheduledAt.getTime() - at.getTime() <= soonMs;
  if (isSoon && isWaiting(status) && !isSame(scheduledAt, before.observation.scheduledAt))
    return `Its scheduled start moved to ${scheduledAt.toISOString()}.`;
  return null;
}

/** If F&O showed no time before, a time of a run since then is newer. */
function isNewer(time: Date | null, known: Date | null, since: Date): boolean {
  return time !== null && time.getTime() > (known ?? since).getTime() + (known ? sameMs : -sameMs);
}

function isUnchanged(before: Poll, { observation }: Poll): boolean {
  return isWaiting(observation.status) && isSame(observation.scheduledAt, before.observation.scheduledAt);
}

function isSame(one: Date | null, other: Date | null): boolean {
  return one && other ? Math.abs(one.getTime() - other.getTime()) <= sameMs : one === other;
}

function isWaiting(status: string): boolean {
  return status === 'Waiting' || status === 'Scheduled';
}
