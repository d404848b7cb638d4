import { addMs, latest } from '../instants.ts';
import type { FnoAnswer, Observation, SetToWaitingOutcome } from '../outcome.ts';
import { unknownMs } from '../retry-policy/backoff.ts';
import {
  type Attempt,
  type Baseline,
  type BatchJob,
  type Claim,
  type Following,
  type Origin,
  type Requesting,
} from './batch-job.ts';
import { failureDecision } from './decision.ts';
import {
  deferralOf,
  defer,
  type Deferral,
  deniedPermit,
  refuse,
  recordDeferral,
  whyDenied,
} from './defer.ts';
import { type Context, type Draft, type PermitCause, revise } from './job-event.ts';
import { servedUntil } from './runs.ts';

/**
 * How long a claim belongs to the process that made it, in ms: longer than any answer takes. The work queue delays
 * the claim's wake-up by this lease, so no clock of ours decides when it ends.
 */
export const claimLeaseMs = 35_000;

/** How many reads may show no trace of a request before the service sends another: they take three minutes. */
export const notProvenPolls = 4;

/** Claims a request before it is sent. It costs budget only once it is known that F&O accepted it. */
export function claimRequest(
  draft: Draft,
  origin: Origin,
  attempt: Attempt,
  baseline: Baseline,
  { now, token }: Context,
): { draft: Draft; claim: Claim } {
  const { phase } = draft.job;
  if (phase.kind === 'requesting') throw new Error('A request is claimed already.');
  const dueAt = addMs(now, claimLeaseMs);
  const claim: Claim = {
    token,
    origin,
    attempt,
    baseline: attempt.unknownSince?.baseline ?? baseline,
    claimedAt: now,
    dueAt,
    isFateUnknown: false,
    polls: 0,
  };
  return { draft: revise(draft, { phase: { kind: 'requesting', claim, before: phase } }), claim };
}

/** What F&O showed of a job when it was read. */
export function baselineFrom(observed: Observation, failedRunEndedAt: Date | null): Baseline {
  const { status, startedAt, endedAt, scheduledAt, readAt } = observed;
  return { status, startedAt, endedAt, scheduledAt, readAt, failedRunEndedAt };
}

/** Settles the claim by the outcome of its request. Only an accepted request costs budget. */
export function settle(
  draft: Draft,
  phase: Requesting,
  outcome: SetToWaitingOutcome,
  context: Context,
): Draft {
  const { claim } = phase;
  const { attempt, origin } = claim;
  switch (outcome.kind) {
    case 'taken':
      return countAccepted(draft, claim, 'F&O set the job to waiting.', outcome.answer, context);
    case 'unknown':
      return leaveUnknown(draft, phase, outcome, context);
    case 'refused': {
      if (origin === 'operator') return declineOperator(draft, phase, outcome.answer, context);
      const unclaimed = revise(draft, { phase: phase.before, setupProblemAnnounced: false });
      const reason = `F&O refused: ${outcome.answer.message ?? 'it gave no reason'}`;
      return refuse(
        unclaimed,
        { ...attempt, unknownSince: { at: context.now, baseline: claim.baseline } },
        reason,
        outcome.answer,
        context,
      );
    }
    default:
      if (origin === 'operator') return declineOperator(draft, phase, outcome.answer, context);
      return deferClaim(draft, phase, deferralOf(outcome, attempt.deferrals, context), context);
  }
}

/** Takes back the claim of a request that got no permit. */
export function deferDenied(
  draft: Draft,
  phase: Requesting,
  { until, cause }: { until: Date; cause: PermitCause },
  context: Context,
): Draft {
  if (phase.claim.origin === 'operator') {
    const answer = { status: null, isSuccess: null, message: whyDenied(cause, until) };
    return declineOperator(draft, phase, answer, context);
  }
  return deferClaim(draft, phase, deniedPermit(cause, until, context), context);
}

/**
 * Defers a request that did not arrive. If one before it may have arrived, the service reads the job once before it
 * sends another.
 */
function deferClaim(draft: Draft, phase: Requesting, deferral: Deferral, context: Context): Draft {
  const { claim } = phase;
  if (claim.attempt.unknownSince === null) {
    return defer(revise(draft, { phase: phase.before }), claim.attempt, deferral, context);
  }
  return keepUnknown(draft, { ...phase, claim: { ...claim, polls: notProvenPolls } }, deferral, context);
}

/** Ends an operator's request. The service does not send it again, because the operator sees the answer. */
export function declineOperator(draft: Draft, phase: Requesting, answer: FnoAnswer, context: Context): Draft {
  const { failure } = phase.claim.attempt;
  const reason = `F&O did not set the job to waiting: ${answer.message ?? 'it gave no reason'}`;
  const declined = failureDecision(draft.job, failure, 'refused', reason, {
    answer,
    policy: context.policyFor(failure),
  });
  return revise(draft, { phase: phase.before }, declined);
}

function leaveUnknown(
  draft: Draft,
  phase: Requesting,
  outcome: Extract<SetToWaitingOutcome, { kind: 'unknown' }>,
  context: Context,
): Draft {
  const { answer } = outcome;
  const attempt = {
    ...phase.claim.attempt,
    http500s: phase.claim.attempt.http500s + (outcome.serverError ? 1 : 0),
    deferrals: phase.claim.attempt.deferrals + 1,
  };
  const dueAt = phase.claim.dueAt > context.now ? phase.claim.dueAt : addMs(context.now, unknownMs(0));
  const sentence = `It is not known whether F&O acted (${answer.message ?? 'no answer'}): the service reads the job first.`;
  const claim = { ...phase.claim, attempt };
  const deferral: Deferral = { dueAt, cause: 'fate-unknown', sentence, answer, needsPerson: false };
  return keepUnknown(draft, { ...phase, claim }, deferral, context);
}

/** Keeps the claim of a request of unknown fate until a read reconciles it. */
export function keepUnknown(draft: Draft, phase: Requesting, deferral: Deferral, context: Context): Draft {
  const { attempt, baseline } = phase.claim;
  const unknownSince = attempt.unknownSince ?? { at: context.now, baseline };
  const claim = {
    ...phase.claim,
    attempt: { ...attempt, unknownSince },
    dueAt: deferral.dueAt,
    isFateUnknown: true,
  };
  const kept = revise(draft, { phase: { ...phase, claim } });
  return recordDeferral(kept, attempt.failure, deferral, context, draft.job);
}

/** Counts an accepted request: it costs budget if the policy wanted it. The service follows its run. */
export function countAccepted(
  draft: Draft,
  claim: Claim,
  reason: string,
  answer: FnoAnswer | null,
  context: Context,
): Draft {
  const { job } = draft;
  const { failure } = claim.attempt;
  const { now } = context;
  const isOperator = claim.origin === 'operator';
  const retry = isOperator ? null : job.episode.retriesUsed + 1;
  const seen = {
    ...job.seen,
    requeueAt: now,
    activeAt: now,
    servedUntilAt: latest(job.seen.servedUntilAt, servedUntil(claim.baseline)),
  };
  const episode = isOperator
    ? { ...job.episode, exhaustionAnnouncedAtMax: null, notStartedAnnounced: false }
    : { ...job.episode, retriesUsed: job.episode.retriesUsed + 1, startedAt: job.episode.startedAt ?? now };
  const phase: Following = {
    kind: 'following',
    failure,
    origin: claim.origin,
    retry,
    baseline: claim.baseline,
    since: { startedAt: now, runningAt: null, quiet: null },
    nextPollAt: claim.dueAt > now ? claim.dueAt : now,
    polls: 0,
  };
  const counted: BatchJob = { ...job, seen, episode, phase, setupProblemAnnounced: false };
  const text = isOperator ? reason : `Failure ${retry} of this episode; ${reason}`;
  const policy = context.policyFor(failure);
  const made = failureDecision(counted, failure, 'requeued', text, {
    retry,
    answer,
    policy,
    notify: 'requeued',
  });
  return { job: counted, decisions: [...draft.decisions, made] };
}
