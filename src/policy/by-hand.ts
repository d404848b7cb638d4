import { admit } from './admit.ts';
import { type BatchJob, type Claim, decided, endEpisode, type FollowUp } from './batch-job.ts';
import { unknownMs } from './backoff.ts';
import type { Settled } from './defer.ts';
import type { Failure } from './failure.ts';
import { addMs, latest } from './instants.ts';
import { claimLeaseMs } from './next-step.ts';
import type { SetToWaitingOutcome } from './outcome.ts';
import { refusedByHand } from './resolve-claim.ts';
import { followUpDelayMs } from './resolve-follow-up.ts';
import type { RetryPolicy } from './retry-policy.ts';
import { plausibleEnd } from './run-times.ts';

/**
 * Gives a job its whole budget again. A request that is unsettled counts in the new episode, which has begun if
 * anything is open.
 */
export function reset(job: BatchJob, now: Date): BatchJob {
  const isClaimCounted = job.claim !== null && job.claim.retry > 0;
  const followUp = job.followUp?.kind === 'requeue' ? job.followUp : null;
  return {
    ...endEpisode(job),
    episodeStartedAt: job.claim || job.waiting || followUp ? now : null,
    retriesUsed: isClaimCounted ? 1 : 0,
    followUp,
  };
}

/** Lets a job be retried now, under its policy, as if its failure had come again: its status is read first. */
export function retryByHand(
  job: BatchJob | null,
  environment: string,
  failure: Failure,
  policy: RetryPolicy,
  now: Date,
): Settled {
  const admitted = admit(job, false, environment, failure, policy, now);
  if (admitted.kind === 'duplicate' || !admitted.job.waiting) {
    throw new Error('A failure that was never seen is not admitted.');
  }
  const waiting = { ...admitted.job.waiting, firstDueAt: now, dueAt: now, statusFirst: true };
  return {
    job: { ...admitted.job, lastFailureAt: job?.lastFailureAt ?? null, waiting },
    decided: admitted.decided,
  };
}

/** A claim for a request that a person asks for: it is no retry of the episode and costs no budget. */
export function claimByHand(job: BatchJob, failure: Failure, token: string, now: Date): Claim {
  return {
    token,
    failure,
    runEndedAt: latest(job.lastEndedAt, plausibleEnd(failure.endedAt, now)),
    retry: 0,
    claimedAt: now,
    leaseUntil: addMs(now, claimLeaseMs),
    firstDueAt: now,
    serverErrors: 0,
    tries: 0,
  };
}

/** Records what became of a request that a person asked for. It is not sent again, whatever F&O said. */
export function settleByHand(job: BatchJob, claim: Claim, outcome: SetToWaitingOutcome, now: Date): Settled {
  const { failure, runEndedAt } = claim;
  const { answer } = outcome;
  const unclaimed: BatchJob = { ...job, claim: null };
  switch (outcome.kind) {
    case 'taken': {
      const lookAt = addMs(now, followUpDelayMs(0));
      const followUp: FollowUp = {
        kind: 'requeue',
        failure,
        runEndedAt,
        retry: 0,
        requeuedAt: now,
        lookAt,
        looks: 0,
      };
      const waiting = job.waiting && { ...job.waiting, statusFirst: true };
      return {
        // Whoever asked is told again if the retries, used up as they may be, do not help.
        job: {
          ...unclaimed,
          state: 'requeued',
          exhausted: false,
          troubleTold: false,
          lastRequeueAt: now,
          waiting,
          followUp,
        },
        decided: [decided(failure, 'requeued', 'F&O set the job to waiting, by hand.', { answer })],
      };
    }
    case 'unknown': {
      const leaseUntil = addMs(now, unknownMs(0));
      const reason = `It is not known whether F&O acted (${answer.message ?? 'no answer'}): its status tells.`;
      return {
        job: { ...job, state: 'deferred', claim: { ...claim, leaseUntil, tries: 1 } },
        decided: [decided(failure, 'deferred', reason, { dueAt: leaseUntil, answer })],
      };
    }
    default: {
      const reason =
        outcome.kind === 'refused'
          ? `F&O refused: ${answer.message ?? 'it gave no reason'}`
          : `Nothing was sent, or F&O did not take it: ${answer.message ?? 'no answer'}.`;
      return {
        job: refusedByHand(unclaimed),
        decided: [decided(failure, 'refused', reason, { answer, announce: false })],
      };
    }
  }
}
