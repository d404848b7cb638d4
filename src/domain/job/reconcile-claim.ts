import { addMs } from '../instants.ts';
import type { NotTaken, Observation, SetToWaitingOutcome } from '../outcome.ts';
import { sendAgainMs } from '../retry-policy/backoff.ts';
import {
  type Attempt,
  type Baseline,
  type BatchJob,
  type Claim,
  endEpisode,
  type Requesting,
} from './batch-job.ts';
import { countAccepted, declineOperator, keepUnknown, notProvenPolls } from './claim-request.ts';
import { failureDecision } from './decision.ts';
import { deferralOf, giveUp, hasTriedLongEnough, refuse, supersededBy } from './defer.ts';
import { type Context, type Draft, type NotRead, revise } from './job-event.ts';
import {
  hasNewerRun,
  isAfter,
  isNewer,
  isRunning,
  isTakenOut,
  isWaiting,
  latestRunAt,
  plannedStart,
} from './runs.ts';

export const notProvenPollMs = 45_000;

/** This many answers of HTTP 500 count as a refusal. */
export const maxHttp500s = 3;

/** Settles a claim whose lease has ended, by a read of the job. */
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
      const reason = `F&O's answer was lost; the job is ${status} now, which shows that F&O set it to waiting.`;
      return countAccepted(draft, claim, reason, null, context);
    }
    case 'taken out': {
      const reason = `The job is ${status} in F&O: a person took it out, so the service sends nothing more.`;
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

/** Whether F&O acted on a request whose answer was lost: a read is compared with the claim's baseline. */
type Fate = 'accepted' | 'not accepted' | 'not proven' | 'taken out';

function fateOf(claim: Claim, observed: Observation, job: BatchJob, now: Date): Fate {
  const { baseline } = claim;
  const { status } = observed;
  const hasNewerEvent =
    isAfter(job.pending?.failure.endedAt ?? null, baseline) || isAfter(job.seen.finishedRunEndedAt, baseline);
  if (hasNewerEvent || hasNewerRun(observed, baseline)) return 'accepted';
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

/** F&O shows no trace of the request: the failure is pending again. It is due now at first, and with backoff later. */
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
    return giveUp(released, attempt, { sentence: "F&O's answers keep getting lost.", answer: null }, context);
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
 * The budget that an unproven request uses. Where F&O shows no times of runs, such a request may have arrived, and
 * its run may have ended without a trace. The first one counts as lost, unless it was the last retry; a second one
 * costs the budget of both.
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

/** Defers the reconciliation: the service could not read the job. */
export function deferReconciling(
  draft: Draft,
  phase: Requesting,
  outcome: NotTaken | NotRead,
  context: Context,
): Draft {
  const { attempt } = phase.claim;
  const deferral = deferralOf(outcome, attempt.deferrals, context);
  if (hasTriedLongEnough(attempt, context)) {
    // F&O may have accepted it, and the service stops reconciling.
    const used = phase.claim.origin === 'policy' ? 1 : 0;
    const { episode } = draft.job;
    const counted = { ...episode, retriesUsed: episode.retriesUsed + used };
    return giveUp(revise(draft, { phase: phase.before, episode: counted }), attempt, deferral, context);
  }
  const claim = { ...phase.claim, attempt: { ...attempt, deferrals: attempt.deferrals + 1 } };
  return keepUnknown(draft, { ...phase, claim }, deferral, context);
}

/**
 * Counts a request that F&O accepted after the service had released its claim as lost: its process, or the request
 * itself, was delayed beyond the lease. The service follows its run, unless it handles the failure again already.
 * Null for any other answer.
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
  const reason = 'F&O had accepted a request that the service took for lost.';
  const counted = countAccepted({ ...draft, job: once }, claim, reason, outcome.answer, context);
  if (job.phase.kind === 'idle' && !job.pending) return counted;
  return { job: { ...counted.job, phase: job.phase }, decisions: draft.decisions };
}
