import {
  type BatchJob,
  type Claim,
  type Decided,
  decided,
  type FollowUp,
  type WaitingFailure,
} from './batch-job.ts';
import { addMs, latest } from './instants.ts';
import { delayMs } from './delays.ts';
import type { Failure } from './failure.ts';
import type { Observation } from './outcome.ts';
import { resolveClaim } from './resolve-claim.ts';
import { resolveFollowUp, watch } from './resolve-follow-up.ts';
import type { RetryPolicy } from './retry-policy.ts';
import { endedNoLater, plausibleEnd } from './run-times.ts';

/** How long a failure is tried whose job no policy entry lists any more. */
export const defaultGiveUpAfterMs = 24 * 3_600_000;

/** How long a claim is left to the process that made it: longer than any answer takes, and than clocks differ. */
export const claimLeaseMs = 30_000;

export type Step =
  /** Read the job's status in F&O, then ask for the next step again with what it said. */
  | { kind: 'read-status' }
  /** Write `job`, which holds the claim, then send the request. */
  | { kind: 'request'; job: BatchJob; claim: Claim; decided: Decided[] }
  /** Write `job`; nothing is sent now. */
  | { kind: 'rest'; job: BatchJob; decided: Decided[] };

/** What the next step depends on beside the job. */
export type StepContext = {
  /** The policy entry that lists the failed job, or null if none does any more. */
  policyFor: (failure: Failure) => RetryPolicy | null;
  /** What F&O says of the job, if it was asked in this step. */
  observed: Observation | 'no such job' | null;
  /** Names the claim, if one is made. */
  token: string;
  now: Date;
};

/** What to do for a job now: settle its claim, handle the failure that waits, follow up its requeue. Pure. */
export function nextStep(job: BatchJob, given: StepContext): Step {
  const context = { ...given, observed: withPlausibleEnd(given.observed, given.now) };
  const { observed, now } = context;
  if (job.claim) {
    if (job.claim.leaseUntil > now) return waitForClaim(job, job.claim);
    if (!observed) return { kind: 'read-status' };
    const giveUpAfterMs = context.policyFor(job.claim.failure)?.giveUpAfterMs ?? defaultGiveUpAfterMs;
    const resolved = resolveClaim(job, job.claim, observed, giveUpAfterMs, now);
    return goOn(resolved.job, resolved.decided, context);
  }
  return goOn(job, [], context);
}

function withPlausibleEnd(observed: StepContext['observed'], now: Date): StepContext['observed'] {
  if (!observed || observed === 'no such job') return observed;
  return { ...observed, endedAt: plausibleEnd(observed.endedAt, now) };
}

function goOn(job: BatchJob, before: Decided[], context: StepContext): Step {
  if (job.waiting) return stepForWaiting(job, job.waiting, before, context);
  const { followUp } = job;
  if (!followUp || followUp.lookAt > context.now) return { kind: 'rest', job, decided: before };
  if (!context.observed) return { kind: 'read-status' };
  const policy = context.policyFor(followUp.failure);
  const delay = policy && job.retriesUsed < policy.maxRetries ? delayMs(policy, job.retriesUsed) : 0;
  const followed = resolveFollowUp(job, followUp, context.observed, delay, context.now);
  const all = [...before, ...followed.decided];
  const { waiting } = followed.job;
  return waiting
    ? stepForWaiting(followed.job, waiting, all, context)
    : { kind: 'rest', job: followed.job, decided: all };
}

function waitForClaim(job: BatchJob, claim: Claim): Step {
  if (!job.waiting) return { kind: 'rest', job, decided: [] };
  const dueAt = latest(claim.leaseUntil, job.waiting.dueAt) ?? claim.leaseUntil;
  const reason =
    'A request for an earlier failure of this job is not settled yet: its status decides afterwards.';
  return {
    kind: 'rest',
    job: { ...job, state: 'deferred', waiting: { ...job.waiting, dueAt } },
    decided: [decided(job.waiting.failure, 'deferred', reason, { dueAt })],
  };
}

function stepForWaiting(
  job: BatchJob,
  waiting: WaitingFailure,
  before: Decided[],
  { policyFor, observed, token, now }: StepContext,
): Step {
  const { failure } = waiting;
  const stays = (decision: 'scheduled' | 'deferred', reason: string): Step => ({
    kind: 'rest',
    job: { ...job, state: decision },
    decided: [...before, decided(failure, decision, reason, { dueAt: waiting.dueAt })],
  });
  const ends = (
    decision: 'ignored' | 'shadow' | 'refused' | 'superseded',
    reason: string,
    retry: number | null = null,
  ): Step => ({
    kind: 'rest',
    job: {
      ...job,
      state: decision,
      waiting: null,
      followUp: decision === 'superseded' ? job.followUp : null,
    },
    decided: [...before, decided(failure, decision, reason, { retry })],
  });

  const policy = policyFor(failure);
  if (!policy) return ends('ignored', 'No policy entry lists this job any more.');
  if (policy.mode === 'off') return ends('ignored', `Policy entry "${policy.name}" is off.`);
  const retry = job.retriesUsed + 1;
  if (policy.mode === 'shadow') {
    const reason = `Policy entry "${policy.name}" only watches: the job would have been requeued, nothing was sent.`;
    return ends('shadow', reason, retry);
  }
  if (job.paused) {
    const reason = `The job is paused since ${job.paused.at.toISOString()}: nothing was sent.`;
    const followUp = isStillFollowed(job.followUp, failure)
      ? job.followUp
      : watch(failure, job.lastEndedAt, now);
    return {
      kind: 'rest',
      job: { ...job, state: 'paused', waiting: null, followUp },
      decided: [...before, decided(failure, 'paused', reason)],
    };
  }
  if (waiting.dueAt > now) {
    return waiting.tries === 0 && delayMs(policy, job.retriesUsed) > 0
      ? stays('scheduled', `Retry ${retry} of this episode waits until it is due, as the policy says.`)
      : stays('deferred', 'F&O could not take a request for this job: it is tried again when it is due.');
  }
  if (waiting.statusFirst && !observed) return { kind: 'read-status' };
  if (observed === 'no such job') return ends('refused', 'F&O knows no batch job with this id.');
  if (observed && observed.status !== 'Error') {
    return ends('superseded', `The job is ${observed.status} in F&O, not Error any more: nothing was sent.`);
  }
  if (retry > policy.maxRetries) {
    const used = policy.maxRetries === 1 ? 'The one retry' : `All ${policy.maxRetries} retries`;
    const reason = `${used} of this episode ${policy.maxRetries === 1 ? 'is' : 'are'} used: nothing was sent, a person must look.`;
    const announce = !job.exhausted;
    const followUp = watch(failure, latest(job.lastEndedAt, observed?.endedAt ?? null), now);
    return {
      kind: 'rest',
      job: { ...job, state: 'exhausted', exhausted: true, waiting: null, followUp },
      decided: [...before, decided(failure, 'exhausted', reason, { announce })],
    };
  }
  const { firstDueAt, serverErrors, tries } = waiting;
  const leaseUntil = addMs(now, claimLeaseMs);
  const runEndedAt = latest(job.lastEndedAt, observed?.endedAt ?? null);
  const claim: Claim = {
    token,
    failure,
    runEndedAt,
    retry,
    claimedAt: now,
    leaseUntil,
    firstDueAt,
    serverErrors,
    tries,
  };
  return {
    kind: 'request',
    job: { ...job, retriesUsed: retry, lastEndedAt: runEndedAt, waiting: null, followUp: null, claim },
    claim,
    decided: before,
  };
}

/** Whether the run of a requeue is still to be followed, for all that is known: the failure is none of that run. */
function isStillFollowed(followUp: FollowUp | null, { endedAt }: Failure): boolean {
  if (followUp?.kind !== 'requeue') return false;
  return !endedAt || !followUp.runEndedAt || endedNoLater(endedAt, followUp.runEndedAt);
}
