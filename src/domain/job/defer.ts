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

/** How long the service waits, in ms, before it reads a job again to see whether a person has acted. */
export const watchPollMs = 30 * 60_000;

export type Deferral = {
  dueAt: Date;
  cause: DeferralCause;
  /** The cause in a sentence. */
  sentence: string;
  answer: FnoAnswer | null;
  /** Whether the cause lasts until a person changes something. */
  needsPerson: boolean;
};

/** Defers a failure that F&O could not take. Gives it up after `giveUpAfter`. */
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
  const { dueAt, cause } = deferral;
  // It says nothing of F&O that we had no time: no longer pause follows.
  const deferrals = attempt.deferrals + (cause === 'no-time' ? 0 : 1);
  const pending = { ...attempt, deferrals, dueAt, waits: 'deferral' } as const;
  return recordDeferral(revise(draft, { pending }), attempt.failure, deferral, context, job);
}

/** Records that an open failure waits longer. Announces what needs a person once, until F&O takes a request. */
export function recordDeferral(
  draft: Draft,
  failure: Failure,
  { dueAt, cause, sentence, answer, needsPerson }: Deferral,
  context: Context,
  { setupProblemAnnounced }: BatchJob,
): Draft {
  const mustAnnounce = needsPerson && !setupProblemAnnounced;
  return revise(
    draft,
    { setupProblemAnnounced: setupProblemAnnounced || needsPerson },
    failureDecision(
      draft.job,
      failure,
      'deferred',
      `${sentence} The service tries again at ${dueAt.toISOString()}.`,
      {
        dueAt,
        cause,
        answer,
        policy: context.policyFor(failure),
        notify: mustAnnounce ? 'needs-attention' : null,
      },
    ),
  );
}

export function hasTriedLongEnough({ failure, firstDueAt }: Attempt, context: Context): boolean {
  const limitMs = context.policyFor(failure)?.giveUpAfterMs ?? defaultGiveUpAfterMs;
  return context.now.getTime() - firstDueAt.getTime() >= limitMs;
}

/** Ends the tries. The episode stays open, and the service watches for a person to act. */
export function giveUp(
  draft: Draft,
  attempt: Attempt,
  { sentence, answer }: Pick<Deferral, 'sentence' | 'answer'>,
  context: Context,
): Draft {
  const reason = `${sentence} The service has tried since ${attempt.firstDueAt.toISOString()} and gives up: a person must look.`;
  return refuse(draft, attempt, reason, answer, context);
}

/** Ends a failure without a requeue; a person must act. */
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

/** The phase in which the service polls the job to see whether a person has acted. */
export function watch(failure: Failure, baseline: Baseline, now: Date): Watching {
  return { kind: 'watching', failure, baseline, sinceAt: now, nextPollAt: addMs(now, watchPollMs) };
}

/** The baseline by the failure alone, without a read of the job. */
export function baselineOf({ endedAt }: Failure): Baseline {
  const nothing = { startedAt: null, scheduledAt: null, readAt: null };
  return { status: 'Error', ...nothing, endedAt, failedRunEndedAt: endedAt };
}

/** One requeue serves both failures. */
export function supersededBy(job: BatchJob, failure: Failure, other: Failure) {
  const reason = `Failure ${other.eventId} of the same job takes its place: one requeue serves both.`;
  return failureDecision(job, failure, 'superseded', reason);
}

/** The most jitter that a denied request gets, in ms, so that not all of them come back together. */
export const spreadMs = 60_000;

/** Defers a request, or a read, that must not reach F&O before `until`. */
export function deniedPermit(cause: PermitCause, until: Date, { random }: Context): Deferral {
  const spread = cause === 'contention' ? spreadMs / 12 : spreadMs;
  const dueAt = addMs(until, Math.round(spread * random));
  return { dueAt, cause, sentence: whyDenied(cause, until), answer: null, needsPerson: false };
}

export function whyDenied(cause: PermitCause, until: Date): string {
  switch (cause) {
    case 'breaker':
      return `The circuit breaker is open: no request is sent to F&O until ${until.toISOString()}.`;
    case 'rate-limit':
      return 'The service has sent as many requeues this minute as REQUEUES_PER_MINUTE allows.';
    case 'contention':
      return 'Too many requeues asked for a permit at the same moment.';
  }
}

/** The deferral of a request or a read that F&O did not take; `deferrals` counts those before it. */
export function deferralOf(outcome: NotTaken | NotRead, deferrals: number, context: Context): Deferral {
  const { now, random } = context;
  if (outcome.kind === 'breaker-open') return deniedPermit('breaker', outcome.until, context);
  if (outcome.kind === 'out-of-time') {
    const sentence = 'There was no time left to ask F&O.';
    return { dueAt: addMs(now, 1000), cause: 'no-time', sentence, answer: null, needsPerson: false };
  }
  const needsPerson = ['sign-in-refused', 'unauthorized', 'misconfigured'].includes(outcome.kind);
  const dueAt = addMs(now, deferralMs(outcome, deferrals, random));
  return { dueAt, cause: causeOf(outcome), sentence: describe(outcome), answer: outcome.answer, needsPerson };
}

function causeOf(outcome: NotTaken): DeferralCause {
  if (outcome.kind !== 'not-sent') return outcome.kind;
  return ({ connection: 'unreachable', token: 'no-token', time: 'no-time' } as const)[outcome.cause];
}

function describe(outcome: NotTaken): string {
  const detail = outcome.answer.message ? ` (${outcome.answer.message})` : '';
  switch (outcome.kind) {
    case 'throttled':
      return `F&O throttles${detail}.`;
    case 'unavailable':
      return `F&O is not available${detail}.`;
    case 'not-sent':
      if (outcome.cause === 'time') return 'There was no time left to ask F&O.';
      return outcome.cause === 'token'
        ? `The service got no token for F&O${detail}.`
        : `F&O could not be reached${detail}.`;
    case 'sign-in-refused':
      return `The service cannot sign in to F&O${detail}.`;
    case 'unauthorized':
      return `F&O does not accept the service's token (HTTP 401): check that its application is a user in F&O.`;
    case 'misconfigured':
      return `The service cannot use F&O as it is set up${detail}: a person must look.`;
  }
}
