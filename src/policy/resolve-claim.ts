import { supersededBy } from './admit.ts';
import { latest } from './instants.ts';
import { type BatchJob, type Claim, type Decided, decided } from './batch-job.ts';
import type { Observation } from './outcome.ts';
import { hasRunSince } from './run-times.ts';

/** How often an HTTP 500 is met with another request before it counts as a refusal. */
const maxServerErrors = 3;

type Resolved = { job: BatchJob; decided: Decided[] };

/**
 * Settles a claim whose request's fate is unknown, by what F&O says of the job now.
 * - Not in Error any more: the request was taken, or somebody else restarted the job. None is sent.
 * - In Error after a later run: the same. That later failure has an event of its own.
 * - In Error with no run since: not taken; the budget is given back and the failure waits again.
 * - In Error, and F&O's times do not tell: it waits again, and the budget stays used, to be safe.
 * A request by hand is not sent again, and its job need not have been in Error: see `isAsBefore`.
 */
export function resolveClaim(
  job: BatchJob,
  claim: Claim,
  observed: Observation | 'no such job',
  giveUpAfterMs: number,
  now: Date,
): Resolved {
  const unclaimed: BatchJob = { ...job, claim: null };
  if (observed === 'no such job') {
    return refused(unclaimed, claim, 'F&O knows no batch job with this id any more.');
  }
  const ranSince = hasRunSince(claim.runEndedAt, observed);
  if (claim.retry === 0 && isAsBefore(observed, ranSince)) {
    const reason = `F&O did not act on the request by hand: the job is ${observed.status}, and no later run is known. It is not sent again.`;
    return { job: refusedByHand(unclaimed), decided: [decided(claim.failure, 'refused', reason)] };
  }
  if (observed.status !== 'Error') {
    return taken(
      unclaimed,
      claim,
      `F&O's answer was lost; the job is ${observed.status}, so it was taken or somebody restarted the job.`,
      now,
    );
  }
  if (ranSince === true) {
    const reason =
      "F&O's answer was lost; the job has run, and failed, again since: the request counts as taken.";
    return taken(unclaimed, claim, reason, now);
  }
  const returned =
    ranSince === false
      ? { ...unclaimed, retriesUsed: job.retriesUsed - 1, returnedClaim: claim.token }
      : unclaimed;
  if (claim.serverErrors >= maxServerErrors) {
    const reason = `F&O answered HTTP 500 to ${claim.serverErrors} requests and the job is still in Error: it counts as refused.`;
    return refused(returned, claim, reason);
  }
  if (now.getTime() - claim.firstDueAt.getTime() >= giveUpAfterMs) {
    const reason = `F&O's answers are lost again and again, since ${claim.firstDueAt.toISOString()}: it is given up, a person must look.`;
    return refused(returned, claim, reason);
  }
  return waitAgain(returned, claim, now);
}

/** Whether a job for which a person sent a request shows no trace of it: it still rests, and has not run since. */
function isAsBefore({ status }: Observation, ranSince: boolean | null): boolean {
  if (status === 'Error') return ranSince !== true;
  return ranSince === false && ['Finished', 'Canceled', 'Hold', 'NotRun'].includes(status);
}

/** A job for which a request by hand came to nothing: what was open before still is. */
export function refusedByHand(job: BatchJob): BatchJob {
  if (job.waiting) return job;
  return { ...job, state: job.followUp?.kind === 'requeue' ? 'requeued' : 'refused' };
}

/** Puts the claim's failure back among what waits; one that came meanwhile stands for both. */
export function waitAgain(job: BatchJob, claim: Claim, dueAt: Date): Resolved {
  const { failure, firstDueAt, serverErrors, tries } = claim;
  if (job.waiting) {
    return {
      job: {
        ...job,
        waiting: { ...job.waiting, dueAt: job.waiting.dueAt > dueAt ? job.waiting.dueAt : dueAt, tries },
      },
      decided: [supersededBy(failure, job.waiting.failure)],
    };
  }
  const waiting = { failure, firstDueAt, dueAt, statusFirst: true, serverErrors, tries };
  return { job: { ...job, waiting }, decided: [] };
}

function taken(job: BatchJob, claim: Claim, reason: string, now: Date): Resolved {
  const { failure, runEndedAt, retry, claimedAt } = claim;
  return {
    job: {
      ...job,
      state: 'requeued',
      // Whoever asked by hand is told again, as in settleByHand.
      ...(retry === 0 ? { exhausted: false, troubleTold: false } : {}),
      lastRequeueAt: latest(job.lastRequeueAt, claimedAt),
      followUp: { kind: 'requeue', failure, runEndedAt, retry, requeuedAt: claimedAt, lookAt: now, looks: 0 },
    },
    decided: [decided(failure, 'requeued', reason, { retry: retry || null })],
  };
}

function refused(job: BatchJob, claim: Claim, reason: string): Resolved {
  return {
    job: { ...job, state: 'refused', followUp: null },
    decided: [decided(claim.failure, 'refused', reason)],
  };
}

/**
 * F&O took a request after all, whose claim was given back meanwhile because no trace of it was seen in time:
 * its process, or the request, was held up for longer than the lease. It is counted again. Null for any other.
 */
export function countAfterAll(job: BatchJob, claim: Claim, now: Date): Resolved | null {
  if (job.returnedClaim !== claim.token) return null;
  const { failure, retry } = claim;
  const reason = 'F&O took a request after all that counted as lost: it is counted again.';
  return {
    job: { ...job, retriesUsed: job.retriesUsed + 1, returnedClaim: null, lastRequeueAt: now },
    decided: [decided(failure, 'requeued', reason, { retry })],
  };
}
