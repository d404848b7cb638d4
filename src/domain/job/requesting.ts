import { addMs, latest } from '../instants.ts';
import type { FnoAnswer, NotTaken, Observation, SetToWaitingOutcome } from '../outcome.ts';
import { sendAgainMs, unknownMs } from '../retry-policy/backoff.ts';
import {
  type Attempt,
  type Baseline,
  type BatchJob,
  type Claim,
  endEpisode,
  type Following,
  type Origin,
  type Requesting,
} from './batch-job.ts';
import { failureDecision } from './decision.ts';
import {
  deferralOf,
  defer,
  type Deferral,
  giveUp,
  hasTriedLongEnough,
  deniedPermit,
  refuse,
  supersededBy,
  recordDeferral,
  whyDenied,
} from './defer.ts';
import { type Context, type Draft, type NotRead, type PermitCause, revise } from './job-event.ts';
import {
  hasNewerRun,
  isAfter,
  isNewer,
  isRunning,
  isTakenOut,
  isWaiting,
  latestRunAt,
  plannedStart,
  servedUntil,
} from './runs.ts';

/**
 * How long a claim belongs to the process that made it, in ms: longer than any answer takes. The work queue
 * keeps the claim's wake-up for so long, so no clock of ours judges it.
 */
export const claimLeaseMs = 35_000;

/** How often a job that shows no trace of a request is read again before another is sent: for three minutes. */
export const notProvenPolls = 4;
export const notProvenPollMs = 45_000;

/** How often an HTTP 500 is met with another request before it counts as a refusal. */
export const maxHttp500s = 3;

/** Claims the request that is about to be sent. Nothing is counted before F&O is known to have accepted it. */
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

/** Takes in what became of the claimed request. Only what F&O accepted costs budget. */
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

/** Takes back a claim whose request may not be sent before `until`. */
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

/** A request before this one may have arrived, this one did not: the job is read once before another is sent. */
function deferClaim(draft: Draft, phase: Requesting, deferral: Deferral, context: Context): Draft {
  const { claim } = phase;
  if (claim.attempt.unknownSince === null) {
    return defer(revise(draft, { phase: phase.before }), claim.attempt, deferral, context);
  }
  return keepUnknown(draft, { ...phase, claim: { ...claim, polls: notProvenPolls } }, deferral, context);
}

/** Nothing is sent again for an operator: they see the answer. */
function declineOperator(draft: Draft, phase: Requesting, answer: FnoAnswer, context: Context): Draft {
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
  const said = `It is not known whether F&O acted (${answer.message ?? 'no answer'}): the job is read first.`;
  const claim = { ...phase.claim, attempt };
  const deferral: Deferral = { dueAt, cause: 'fate-unknown', said, answer, needsPerson: false };
  return keepUnknown(draft, { ...phase, claim }, deferral, context);
}

/** Keeps a claim whose request's fate is not known, until the job can be read. */
function keepUnknown(draft: Draft, phase: Requesting, deferral: Deferral, context: Context): Draft {
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

/** F&O could not be asked what became of a request. */
export function deferReconciling(
  draft: Draft,
  phase: Requesting,
  outcome: NotTaken | NotRead,
  context: Context,
): Draft {
  const { attempt } = phase.claim;
  const deferral = deferralOf(outcome, attempt.deferrals, context);
  if (hasTriedLongEnough(attempt, context)) {
    // It may have been accepted, and nobody will ask again.
    const used = phase.claim.origin === 'policy' ? 1 : 0;
    const { episode } = draft.job;
    const counted = { ...episode, retriesUsed: episode.retriesUsed + used };
    return giveUp(revise(draft, { phase: phase.before, episode: counted }), attempt, deferral, context);
  }
  const claim = { ...phase.claim, attempt: { ...attempt, deferrals: attempt.deferrals + 1 } };
  return keepUnknown(draft, { ...phase, claim }, deferral, context);
}

/** Whether F&O acted on a request whose answer was lost, by what a read shows against the claim's baseline. */
type Fate = 'accepted' | 'not accepted' | 'not proven' | 'taken out';

function fateOf(claim: Claim, observed: Observation, job: BatchJob, now: Date): Fate {
  const { baseline } = claim;
  const { status } = observed;
  const heardOfNewer =
    isAfter(job.pending?.failure.endedAt ?? null, baseline) || isAfter(job.seen.finishedRunEndedAt, baseline);
  if (heardOfNewer || hasNewerRun(observed, baseline)) return 'accepted';
  if (isRunning(status)) return isRunning(baseline.status) ? 'not proven' : 'accepted';
  if (isWaiting(status)) return fateOfWaiting(baseline, observed, now);
  if (status === baseline.status) return 'not accepted';
  if (isTakenOut(status)) return 'taken out';
  if (status === 'Finished') return 'accepted';
  return status === 'Error' && claim.origin === 'policy' ? 'not accepted' : 'not proven';
}

/** A recurring job waits whether or not the request arrived: only a start that moved near proves it. */
function fateOfWaiting(baseline: Baseline, observed: Observation, now: Date): Fate {
  const wasWaiting = isWaiting(baseline.status);
  if (!observed.isRecurring && !wasWaiting) return 'accepted';
  if (plannedStart(observed, now) !== 'soon') return 'not proven';
  const hasMoved = observed.scheduledAt?.getTime() !== baseline.scheduledAt?.getTime();
  return hasMoved || !wasWaiting ? 'accepted' : 'not proven';
}

/** Settles a claim whose lease is over by what F&O says of the job. */
export function reconcileClaim(
  draft: Draft,
  phase: Requesting,
  observed: Observation,
  context: Context,
): Draft {
  const { claim } = phase;
  const { attempt } = claim;
  const { status } = observed;
  switch (fateOf(claim, observed, draft.job, context.now)) {
    case 'accepted': {
      const reason = `F&O's answer was lost; the job is ${status} since, which shows that F&O set it to waiting.`;
      return countAccepted(draft, claim, reason, null, context);
    }
    case 'taken out': {
      const reason = `The job is ${status} in F&O: a person took it out, nothing more is sent.`;
      const policy = context.policyFor(attempt.failure);
      const made = failureDecision(draft.job, attempt.failure, 'superseded', reason, { policy });
      return { job: endEpisode(draft.job), decisions: [...draft.decisions, made] };
    }
    case 'not accepted':
      return releaseClaim(draft, phase, { ...attempt, unknownSince: null }, observed, context);
    case 'not proven': {
      const unknownSince = attempt.unknownSince ?? { at: claim.claimedAt, baseline: claim.baseline };
      const kept = { ...attempt, unknownSince };
      if (claim.polls >= notProvenPolls) {
        return releaseClaim(draft, phase, kept, observed, context);
      }
      const dueAt = addMs(context.now, notProvenPollMs);
      return revise(draft, {
        phase: {
          ...phase,
          claim: { ...claim, attempt: kept, dueAt, isFateUnknown: true, polls: claim.polls + 1 },
        },
      });
    }
  }
}

/** F&O shows no trace of the request: the failure is pending again, due at once unless that happens often. */
function releaseClaim(
  draft: Draft,
  { claim, before }: Requesting,
  attempt: Attempt,
  observed: Observation,
  context: Context,
): Draft {
  const { job } = draft;
  const { status } = observed;
  const used = claim.origin === 'policy' ? retriesOfUnproven(attempt, observed, job, context) : 0;
  const retriesUsed = job.episode.retriesUsed + used;
  const episode = { ...job.episode, retriesUsed, releasedClaim: used > 0 ? null : claim.token };
  const released = revise(draft, { phase: before, episode });
  const { failure, http500s } = attempt;
  if (claim.origin === 'operator') {
    const message = `F&O did not act on the request: the job is ${status}, and no newer run is known`;
    const answer = { status: null, isSuccess: null, message };
    return declineOperator(draft, { kind: 'requesting', claim, before }, answer, context);
  }
  if (http500s >= maxHttp500s) {
    const reason = `F&O answered HTTP 500 to ${http500s} requests and the job is still ${status}: a person must look.`;
    return refuse(released, attempt, reason, null, context);
  }
  if (hasTriedLongEnough(attempt, context)) {
    return giveUp(
      released,
      attempt,
      { said: "F&O's answers are lost again and again.", answer: null },
      context,
    );
  }
  const { pending } = job;
  if (pending && !isNewer(failure.endedAt, pending.failure.endedAt)) {
    return revise(released, {}, supersededBy(job, failure, pending.failure));
  }
  const dueAt = addMs(context.now, sendAgainMs(attempt.deferrals));
  const unproven = attempt.unproven + (latestRunAt(observed) === null ? 1 : 0);
  const older = pending ? [supersededBy(job, pending.failure, failure)] : [];
  return revise(released, { pending: { ...attempt, unproven, dueAt, waits: 'deferral' } }, ...older);
}

/**
 * The budget that a request uses of which F&O shows no trace, because it tells no times of runs: the run may be over
 * already. One such request counts as lost unless it was the last retry; a second one counts for both.
 */
function retriesOfUnproven(
  { unproven, failure }: Attempt,
  observed: Observation,
  { episode }: BatchJob,
  context: Context,
): number {
  if (latestRunAt(observed) !== null) return 0;
  if (observed.status === 'Error' || observed.scheduledAt === null || unproven > 1) return 1;
  if (unproven === 1) return 2;
  return episode.retriesUsed + 1 >= (context.policyFor(failure)?.maxRetries ?? 0) ? 1 : 0;
}

/** F&O accepted the request: it costs budget if the policy wanted it, and its run is followed. */
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
  const said = isOperator ? reason : `Failure ${retry} of this episode; ${reason}`;
  const policy = context.policyFor(failure);
  const made = failureDecision(counted, failure, 'requeued', said, {
    retry,
    answer,
    policy,
    notify: 'requeued',
  });
  return { job: counted, decisions: [...draft.decisions, made] };
}

/**
 * F&O accepted a request that was taken for lost: its process, or the request itself, was held up for longer than
 * the lease. It is counted, and followed unless its failure is in hand again. Null for any other answer.
 */
export function countLate(
  draft: Draft,
  claim: Claim,
  outcome: SetToWaitingOutcome,
  context: Context,
): Draft | null {
  const { job } = draft;
  if (outcome.kind !== 'taken' || job.episode.releasedClaim !== claim.token) return null;
  const once = { ...job, episode: { ...job.episode, releasedClaim: null } };
  const reason = 'F&O had accepted a request that was taken for lost.';
  const counted = countAccepted({ ...draft, job: once }, claim, reason, outcome.answer, context);
  if (job.phase.kind === 'idle' && !job.pending) return counted;
  return { job: { ...counted.job, phase: job.phase }, decisions: draft.decisions };
}
