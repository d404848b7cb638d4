import { deferralMs, unknownMs } from './backoff.ts';
import { type BatchJob, type Claim, decided, type FollowUp } from './batch-job.ts';
import { deferOrGiveUp, deferralOf, type Settled } from './defer.ts';
import { addMs } from './instants.ts';
import type { SetToWaitingOutcome } from './outcome.ts';
import { waitAgain } from './resolve-claim.ts';
import { followUpDelayMs, watch } from './resolve-follow-up.ts';

/** Records what became of the claim's request. Only what F&O took, or may have taken, costs budget. */
export function settle(
  job: BatchJob,
  claim: Claim,
  outcome: SetToWaitingOutcome,
  giveUpAfterMs: number,
  now: Date,
  random: number,
): Settled {
  const { failure, runEndedAt, retry } = claim;
  const { answer } = outcome;
  const unclaimed: BatchJob = { ...job, claim: null };
  const unspent: BatchJob = { ...unclaimed, retriesUsed: job.retriesUsed - 1 };
  switch (outcome.kind) {
    case 'taken': {
      const reason = `Failure ${retry} of this episode; F&O set the job to waiting.`;
      const followUp: FollowUp = {
        kind: 'requeue',
        failure,
        runEndedAt,
        retry,
        requeuedAt: now,
        lookAt: addMs(now, followUpDelayMs(0)),
        looks: 0,
      };
      return {
        job: { ...unclaimed, state: 'requeued', troubleTold: false, lastRequeueAt: now, followUp },
        decided: [decided(failure, 'requeued', reason, { retry, answer })],
      };
    }
    case 'refused': {
      const reason = `F&O refused: ${answer.message ?? 'it gave no reason'}`;
      return {
        job: { ...unspent, state: 'refused', troubleTold: false, followUp: watch(failure, runEndedAt, now) },
        decided: [decided(failure, 'refused', reason, { answer })],
      };
    }
    case 'unknown': {
      const leaseUntil = addMs(now, unknownMs(claim.tries));
      const serverErrors = claim.serverErrors + (outcome.serverError ? 1 : 0);
      const reason = `It is not known whether F&O acted (${answer.message ?? 'no answer'}): its status is read first.`;
      return {
        job: {
          ...job,
          state: 'deferred',
          claim: { ...claim, leaseUntil, serverErrors, tries: claim.tries + 1 },
        },
        decided: [decided(failure, 'deferred', reason, { dueAt: leaseUntil, answer })],
      };
    }
    default: {
      const due = addMs(now, deferralMs(outcome, claim.tries, random));
      const waiting = waitAgain(unspent, { ...claim, tries: claim.tries + 1 }, due);
      return deferOrGiveUp(waiting, deferralOf(outcome, due), giveUpAfterMs, now);
    }
  }
}
