import type { Observation, SetToWaitingOutcome } from '../domain/outcome.ts';

/** What SetBatchJobToWaiting does, in an F&O, to a recurring job that waits for its next scheduled start. */
type RecurringTrait = 'starts-now' | 'no-change' | 'refuses';

/** One look at the job, `afterMs` after the answer; `at` is F&O's clock, or ours where F&O did not tell. */
export type Poll = { afterMs: number; at: Date; observation: Observation };

/** `unclear`: nothing was measured. `because` is a sentence. */
export type Verdict = { kind: RecurringTrait | 'unclear'; because: string };

/** For how long the job is looked at, in ms: the batch server starts jobs once a minute. */
export const pollForMs = 5 * 60_000;
/** What starts within this time of F&O's clock, in ms, starts now. */
const soonMs = 2 * 60_000;
/** A job that starts by itself while it is looked at, or soon after, tells nothing. */
const freeMs = pollForMs + soonMs + 60_000;

/** Times closer together than this, in ms, are one: F&O keeps them to the second. */
const sameMs = 2000;

/** Why a job tells nothing of what is asked, as a sentence; null if it is fit to be tried. */
export function whyUnfit({ at, observation }: Poll): string | null {
  const { isRecurring, status, scheduledAt } = observation;
  if (!isRecurring) return 'It does not recur (its Recurrence is empty): choose a recurring job.';
  if (!isWaiting(status))
    return `It is ${status}, and does not wait for its next scheduled start. ${rightTime}`;
  if (!scheduledAt) return 'F&O does not tell when it is scheduled to start next.';
  if (scheduledAt.getTime() - at.getTime() < freeMs)
    return `It starts by itself at ${scheduledAt.toISOString()}, which is too soon (or past) to see what a requeue does. ${rightTime}`;
  return null;
}

const rightTime =
  'Run this right after a failed run of a job that recurs every half hour or less often, once it is Waiting again.';

/** What the polls after a requeue tell, in their order; null: look again. `before` is fit to be tried. */
export function judge(before: Poll, answer: SetToWaitingOutcome, polls: readonly Poll[]): Verdict | null {
  const { message } = answer.answer;
  const said = message === null ? '' : ` (${message})`;
  if (answer.kind === 'refused') {
    if (answer.answer.isSuccess === false) return { kind: 'refuses', because: `F&O says no${said}.` };
    return { kind: 'unclear', because: `F&O answered an error, and not as the action does${said}.` };
  }
  if (answer.kind !== 'taken' && answer.kind !== 'unknown')
    return { kind: 'unclear', because: `F&O did not take the request: ${answer.kind}${said}.` };

  const sign = polls.map((poll) => signOfStart(before, poll)).find((found) => found !== null);
  if (sign !== undefined) return { kind: 'starts-now', because: sign };
  const last = polls.at(-1);
  if (!last || last.afterMs < pollForMs) return null;
  if (answer.kind === 'unknown')
    return { kind: 'unclear', because: `It is not known whether F&O took the request${said}.` };
  return isUnchanged(before, last)
    ? { kind: 'no-change', because: 'F&O took the request, and the job still waits for the same start.' }
    : { kind: 'unclear', because: 'The job changed, but was not seen to start.' };
}

/** Whether F&O keeps the times of the latest run while the job waits. */
export function timesOf({ startedAt, endedAt }: Observation): string {
  if (startedAt && endedAt) return 'times kept';
  if (!startedAt && !endedAt) return 'times cleared (or the job never ran)';
  return startedAt ? 'start kept, end cleared' : 'start cleared, end kept';
}

/** What a job is that waited for its schedule, and has been started since. */
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

/** Where F&O told no time before, one of a run since then is newer. */
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
