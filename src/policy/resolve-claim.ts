import { supersededBy } from './admit.ts';
import type { BatchJob, Claim, Decided } from './batch-job.ts';
import { withDecision } from './batch-job.ts';
import type { Failure } from './failure.ts';
import type { Observation } from './outcome.ts';

/** How often an HTTP 500 is met with another request before it counts as a refusal. */
const maxServerErrors = 3;

/** F&O keeps times to the second: ends of one and the same run may differ by that much. */
const sameEndMs = 1000;

/**
 * Settles a claim whose request's fate is unknown, by what F&O says of the job now.
 * - Not in Error any more: the request was taken, or somebody else restarted the job. None is sent.
 * - In Error after a later run: the same. That later failure has an event of its own.
 * - In Error with no run since: not taken; the budget is given back and the failure waits again.
 * - In Error, and F&O's times do not tell: it waits again, and the budget stays used, to be safe.
 */
export function resolveClaim(
  job: BatchJob,
  claim: Claim,
  observed: Observation | 'no such job',
  now: Date,
): { job: BatchJob; decided: Decided[] } {
  const unclaimed: BatchJob = { ...job, claim: null };
  if (observed === 'no such job') {
    return settled(unclaimed, claim, 'refused', 'F&O knows no batch job with this id any more.');
  }
  if (observed.status !== 'Error') {
    const reason = `F&O's answer was lost; the job is ${observed.status}, so it was taken or somebody restarted the job.`;
    return settled({ ...unclaimed, lastRequeueAt: claim.claimedAt }, claim, 'requeued', reason);
  }
  const ranSince = hasRunSince(claim.failure, observed);
  if (ranSince === true) {
    const reason =
      "F&O's answer was lost; the job has run, and failed, again since: the request counts as taken.";
    return settled({ ...unclaimed, lastRequeueAt: claim.claimedAt }, claim, 'requeued', reason);
  }
  const returned = ranSince === false ? { ...unclaimed, retriesUsed: job.retriesUsed - 1 } : unclaimed;
  if (claim.serverErrors >= maxServerErrors) {
    const reason = `F&O answered HTTP 500 to ${claim.serverErrors} requests and the job is still in Error: it counts as refused.`;
    return settled(returned, claim, 'refused', reason);
  }
  return waitAgain(returned, claim, now);
}

/** Puts the claim's failure back among what waits; one that came meanwhile stands for both. */
export function waitAgain(job: BatchJob, claim: Claim, dueAt: Date): { job: BatchJob; decided: Decided[] } {
  if (job.waiting) {
    return {
      job: {
        ...job,
        waiting: { ...job.waiting, dueAt, serverErrors: claim.serverErrors, tries: claim.tries },
      },
      decided: [supersededBy(claim.failure, job.waiting.failure)],
    };
  }
  const { failure, serverErrors, tries } = claim;
  return {
    job: { ...job, waiting: { failure, dueAt, statusFirst: true, serverErrors, tries } },
    decided: [],
  };
}

function hasRunSince(failure: Failure, observed: Observation): boolean | null {
  if (!failure.endedAt || !observed.endedAt) return null;
  return observed.endedAt.getTime() - failure.endedAt.getTime() > sameEndMs;
}

function settled(
  job: BatchJob,
  claim: Claim,
  decision: 'requeued' | 'refused',
  reason: string,
): { job: BatchJob; decided: Decided[] } {
  const decided: Decided = {
    failure: claim.failure,
    decision,
    retry: decision === 'requeued' ? claim.retry : null,
    dueAt: null,
    reason,
    answer: null,
  };
  return { job: withDecision(job, decision), decided: [decided] };
}
