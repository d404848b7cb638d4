import type { Failure } from '../failure.ts';
import { addMs } from '../instants.ts';
import type { FnoAnswer, NotTaken } from '../outcome.ts';
import { deferralMs } from '../retry-policy/backoff.ts';
import type { Attempt, Baseline, BatchJob, Watching } from './batch-job.ts';
import { failureDecision } from './decision.ts';
import type { DeferralCause } from './deferral-cause.ts';
import { type Context, type Draft, type NotRead, type PermitCause, revise } from './job-event.ts';
import { isNewer } from './runs.ts';

const defaultGiveUpAfterMs = 24 * 3_600_000;

/** How often F&O is asked whether a person has acted. */
export const watchPollMs = 30 * 60_000;

export type Deferral = {
  dueAt: Date;
  cause: DeferralCause;
  /** The cause in a sentence. */
  said: string;
  answer: FnoAnswer | null;
  /** Whether a person must change something for it to end. */
  needsPerson: boolean;
};

/** Defers a failure that F&O could not take, and gives it up once it was tried for `giveUpAfter`. */
export function defer(draft: Draft, attempt: Attempt, deferral: Deferral, context: Context): Draft {
  if (hasTriedLongEnough(attempt, context)) return giveUp(draft, attempt, deferral, context);
  const { job } = draft;
  const { dueAt } = deferral;
  const { pending: newer } = job;
  if (newer && isNewer(attempt.failure.endedAt, newer.failure.endedAt)) {
    const replaced = revise(draft, {}, supersededBy(job, newer.failure, attempt.failure));
    return deferPending(replaced, attempt, deferral, context);
  }
  if (newer && newer.failure.eventId !== attempt.failure.eventId) {
    const later = newer.dueAt > dueAt ? newer.dueAt : dueAt;
    const replaced = revise(draft, {}, supersededBy(job, attempt.failure, newer.failure));
    return deferPending(
      replaced,
      { ...newer, deferrals: attempt.deferrals },
      { ...deferral, dueAt: later },
      context,
    );
  }
  return deferPending(draft, attempt, deferral, context);
}

function deferPending(draft: Draft, attempt: Attempt, deferral: Deferral, context: Context): Draft {
  const { job } = draft;
  const { dueAt } = deferral;
  const pending = { ...attempt, deferrals: attempt.deferrals + 1, dueAt, waits: 'deferral' } as const;
  return recordDeferral(revise(draft, { pending }), attempt.failure, deferral, context, job);
}

/** Records that an open failure waits longer. What needs a person is announced once, until F&O takes a request. */
export function recordDeferral(
  draft: Draft,
  failure: Failure,
  { dueAt, cause, said, answer, needsPerson }: Deferral,
  context: Context,
  { setupProblemAnnounced }: BatchJob,
): Draft {
  const isNews = needsPerson && !setupProblemAnnounced;
  return revise(
    draft,
    { setupProblemAnnounced: setupProblemAnnounced || needsPerson },
    failureDecision(
      draft.job,
      failure,
      'deferred',
      `${said} The service tries again at ${dueAt.toISOString()}.`,
      {
        dueAt,
        cause,
        answer,
        policy: context.policyFor(failure),
        notify: isNews ? 'needs-attention' : null,
      },
    ),
  );
}

export function hasTriedLongEnough({ failure, firstDueAt }: Attempt, context: Context): boolean {
  const limitMs = context.policyFor(failure)?.giveUpAfterMs ?? defaultGiveUpAfterMs;
  return context.now.getTime() - firstDueAt.getTime() >= limitMs;
}

/** The episode stays open for a person, whose act is watched for. */
export function giveUp(
  draft: Draft,
  attempt: Attempt,
  { said, answer }: Pick<Deferral, 'said' | 'answer'>,
  context: Context,
): Draft {
  const reason = `${said} The service has tried since ${attempt.firstDueAt.toISOString()} and gives up: a person must look.`;
  return refuse(draft, attempt, reason, answer, context);
}

/** Ends a failure that will not be requeued; a person must act. */
export function refuse(
  draft: Draft,
  { failure, unknownSince }: Pick<Attempt, 'failure' | 'unknownSince'>,
  reason: string,
  answer: FnoAnswer | null,
  context: Context,
): Draft {
  const { pending } = draft.job;
  const policy = context.policyFor(failure);
  return revise(
    draft,
    {
      phase: watch(failure, unknownSince?.baseline ?? baselineOf(failure), context.now),
      pending: pending?.failure.eventId === failure.eventId ? null : pending,
    },
    failureDecision(draft.job, failure, 'refused', reason, { answer, policy, notify: 'needs-attention' }),
  );
}

/** F&O is asked now and then whether a person has acted. */
export function watch(failure: Failure, baseline: Baseline, now: Date): Watching {
  return { kind: 'watching', failure, baseline, sinceAt: now, nextPollAt: addMs(now, watchPollMs) };
}

/** What is known of a job of which only a failure is. */
export function baselineOf({ endedAt }: Failure): Baseline {
  const nothing = { startedAt: null, scheduledAt: null, readAt: null };
  return { status: 'Error', ...nothing, endedAt, failedRunEndedAt: endedAt };
}

/** One requeue serves both failures. */
export function supersededBy(job: BatchJob, failure: Failure, other: Failure) {
  const reason = `Failure ${other.eventId} of the same job takes its place: one requeue serves both.`;
  return failureDecision(job, failure, 'superseded', reason);
}

/** Over how long what was held back is spread, in ms, so that not all comes at once. */
export const spreadMs = 60_000;

/** Nothing is sent to F&O, or read there, before `until`. */
export function deniedPermit(cause: PermitCause, until: Date, { random }: Context): Deferral {
  const spread = cause === 'contention' ? spreadMs / 12 : spreadMs;
  const dueAt = addMs(until, Math.round(spread * random));
  return { dueAt, cause, said: whyDenied(cause, until), answer: null, needsPerson: false };
}

export function whyDenied(cause: PermitCause, until: Date): string {
  switch (cause) {
    case 'breaker':
      return `The circuit breaker is open: no request is sent to F&O until ${until.toISOString()}.`;
    case 'rate-limit':
      return 'F&O has got as many requeues this minute as REQUEUES_PER_MINUTE allows.';
    case 'contention':
      return 'Too many requeues asked for a permit at the same moment.';
  }
}

/** How a request or a read that F&O did not take is deferred, after so many deferrals. */
export function deferralOf(outcome: NotTaken | NotRead, deferrals: number, context: Context): Deferral {
  const { now, random } = context;
  if (outcome.kind === 'breaker-open') return deniedPermit('breaker', outcome.until, context);
  if (outcome.kind === 'out-of-time') {
    const said = 'There was no time left to ask F&O.';
    return { dueAt: addMs(now, 1000), cause: 'no-time', said, answer: null, needsPerson: false };
  }
  const needsPerson = ['sign-in-refused', 'unauthorized', 'misconfigured'].includes(outcome.kind);
  const dueAt = addMs(now, deferralMs(outcome, deferrals, random));
  return { dueAt, cause: causeOf(outcome), said: inWords(outcome), answer: outcome.answer, needsPerson };
}

function causeOf(outcome: NotTaken): DeferralCause {
  if (outcome.kind !== 'not-sent') return outcome.kind;
  return ({ connection: 'unreachable', token: 'no-token', time: 'no-time' } as const)[outcome.cause];
}

function inWords(outcome: NotTaken): string {
  const said = outcome.answer.message ? ` (${outcome.answer.message})` : '';
  switch (outcome.kind) {
    case 'throttled':
      return `F&O throttles${said}.`;
    case 'unavailable':
      return `F&O is not available${said}.`;
    case 'not-sent':
      if (outcome.cause === 'time') return 'There was no time left to ask F&O.';
      return outcome.cause === 'token'
        ? `The service got no token for F&O${said}.`
        : `F&O could not be reached${said}.`;
    case 'sign-in-refused':
      return `The service cannot sign in to F&O${said}.`;
    case 'unauthorized':
      return `F&O does not accept the service's token (HTTP 401): check that its application is a user in F&O.`;
    case 'misconfigured':
      return `F&O cannot be used as it is set up${said}: a person must look.`;
  }
}
