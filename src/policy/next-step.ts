import type { BatchJob, Claim, Decided, WaitingFailure } from './batch-job.ts';
import { withDecision } from './batch-job.ts';
import type { Failure } from './failure.ts';
import type { Observation } from './outcome.ts';
import { resolveClaim } from './resolve-claim.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** How long a claim is left to the process that made it: longer than any answer takes, and than clocks differ. */
export const claimLeaseMs = 30_000;

export type Step =
  /** Read the job's status in F&O, then ask for the next step again with what it said. */
  | { kind: 'read-status' }
  /** Write `job`, which holds the claim, then send the request. */
  | { kind: 'request'; job: BatchJob; claim: Claim; decided: Decided[] }
  /** Write `job`; nothing is sent now. */
  | { kind: 'rest'; job: BatchJob; decided: Decided[] };

/**
 * What to do for a job with something open. Pure: `observed` is what F&O says of the job, if it was asked
 * in this step; `token` names the claim, if one is made.
 */
export function nextStep(
  job: BatchJob,
  policyFor: (failure: Failure) => RetryPolicy | null,
  observed: Observation | 'no such job' | null,
  token: string,
  now: Date,
): Step {
  if (!job.claim) return stepForWaiting(job, [], policyFor, observed, token, now);
  if (job.claim.leaseUntil > now) return waitForClaim(job, job.claim);
  if (!observed) return { kind: 'read-status' };
  const resolved = resolveClaim(job, job.claim, observed, now);
  return stepForWaiting(resolved.job, resolved.decided, policyFor, observed, token, now);
}

function waitForClaim(job: BatchJob, claim: Claim): Step {
  if (!job.waiting) return { kind: 'rest', job, decided: [] };
  const reason =
    'A request for an earlier failure of this job is not settled yet: its status decides afterwards.';
  return {
    kind: 'rest',
    job: withDecision({ ...job, waiting: { ...job.waiting, dueAt: claim.leaseUntil } }, 'deferred'),
    decided: [decidedOn(job.waiting, 'deferred', reason, { dueAt: claim.leaseUntil })],
  };
}

function stepForWaiting(
  job: BatchJob,
  decided: Decided[],
  policyFor: (failure: Failure) => RetryPolicy | null,
  observed: Observation | 'no such job' | null,
  token: string,
  now: Date,
): Step {
  const { waiting } = job;
  if (!waiting) return { kind: 'rest', job, decided };

  const rest = (decision: Decided): Step => ({
    kind: 'rest',
    job: withDecision(
      { ...job, waiting: decision.decision === 'deferred' ? waiting : null },
      decision.decision,
    ),
    decided: [...decided, decision],
  });

  const policy = policyFor(waiting.failure);
  if (!policy) return rest(decidedOn(waiting, 'ignored', 'No policy entry lists this job any more.'));
  if (policy.mode === 'off')
    return rest(decidedOn(waiting, 'ignored', `Policy entry "${policy.name}" is off.`));
  const retry = job.retriesUsed + 1;
  if (policy.mode === 'shadow') {
    const reason = `Policy entry "${policy.name}" only watches: the job would have been requeued, nothing was sent.`;
    return rest(decidedOn(waiting, 'shadow', reason, { retry }));
  }
  if (waiting.dueAt > now) {
    const reason = 'F&O could not take a request for this job a while ago: it is tried again when it is due.';
    return rest(decidedOn(waiting, 'deferred', reason, { dueAt: waiting.dueAt }));
  }
  if (waiting.statusFirst && !observed) return { kind: 'read-status' };
  if (observed === 'no such job')
    return rest(decidedOn(waiting, 'refused', 'F&O knows no batch job with this id.'));
  if (observed && observed.status !== 'Error') {
    const reason = `The job is ${observed.status} in F&O, not Error any more: nothing was sent.`;
    return rest(decidedOn(waiting, 'superseded', reason));
  }
  if (retry > policy.maxRetries) {
    const reason = `All ${policy.maxRetries} retries of this episode are used: nothing was sent, a person must look.`;
    return rest(decidedOn(waiting, 'exhausted', reason));
  }
  const claim: Claim = {
    token,
    failure: waiting.failure,
    retry,
    claimedAt: now,
    leaseUntil: new Date(now.getTime() + claimLeaseMs),
    serverErrors: waiting.serverErrors,
    tries: waiting.tries,
  };
  return { kind: 'request', job: { ...job, retriesUsed: retry, waiting: null, claim }, claim, decided };
}

function decidedOn(
  waiting: WaitingFailure,
  decision: Decided['decision'],
  reason: string,
  more: Partial<Pick<Decided, 'retry' | 'dueAt'>> = {},
): Decided {
  return { failure: waiting.failure, decision, retry: null, dueAt: null, reason, answer: null, ...more };
}
