import { deferralMs } from './backoff.ts';
import type { BatchJob, Claim, Decided } from './batch-job.ts';
import { dueAt, withDecision } from './batch-job.ts';
import { claimLeaseMs } from './next-step.ts';
import type { NotTaken, SetToWaitingOutcome } from './outcome.ts';
import { waitAgain } from './resolve-claim.ts';

type Settled = { job: BatchJob; decided: Decided[] };

/** Records what became of the claim's request. Only what F&O took, or may have taken, costs budget. */
export function settle(
  job: BatchJob,
  claim: Claim,
  outcome: SetToWaitingOutcome,
  now: Date,
  random: number,
): Settled {
  const { failure, retry } = claim;
  const { answer } = outcome;
  const unclaimed: BatchJob = { ...job, claim: null };
  switch (outcome.kind) {
    case 'taken': {
      const reason = `Failure ${retry} of this episode; F&O set the job to waiting.`;
      return {
        job: withDecision({ ...unclaimed, lastRequeueAt: now }, 'requeued'),
        decided: [{ failure, decision: 'requeued', retry, dueAt: null, reason, answer }],
      };
    }
    case 'refused': {
      const reason = `F&O refused: ${answer.message ?? 'it gave no reason'}`;
      return {
        job: withDecision({ ...unclaimed, retriesUsed: job.retriesUsed - 1 }, 'refused'),
        decided: [{ failure, decision: 'refused', retry: null, dueAt: null, reason, answer }],
      };
    }
    case 'unknown': {
      const leaseUntil = after(now, claimLeaseMs);
      const serverErrors = claim.serverErrors + (outcome.serverError ? 1 : 0);
      const reason = `It is not known whether F&O acted (${answer.message ?? 'no answer'}): its status is read first.`;
      return {
        job: withDecision({ ...job, claim: { ...claim, leaseUntil, serverErrors } }, 'deferred'),
        decided: [{ failure, decision: 'deferred', retry: null, dueAt: leaseUntil, reason, answer }],
      };
    }
    default: {
      const due = after(now, deferralMs(outcome, claim.tries, random));
      const waiting = waitAgain(
        { ...unclaimed, retriesUsed: job.retriesUsed - 1 },
        { ...claim, tries: claim.tries + 1 },
        due,
      );
      return deferOpen(waiting, outcome, due);
    }
  }
}

/** Puts off a job whose status could not be read. */
export function putOff(job: BatchJob, outcome: NotTaken, now: Date, random: number): Settled {
  const tries = (job.claim ?? job.waiting)?.tries ?? 0;
  const due = after(now, deferralMs(outcome, tries, random));
  const later: BatchJob = {
    ...job,
    claim: job.claim && { ...job.claim, leaseUntil: due, tries: tries + 1 },
    waiting: job.waiting && { ...job.waiting, dueAt: due, statusFirst: true, tries: tries + 1 },
  };
  return deferOpen({ job: later, decided: [] }, outcome, due);
}

/** Leaves a job to whoever looks at what is due: there was no time left to ask F&O. */
export function leaveForLater(job: BatchJob, now: Date): Settled {
  const later: BatchJob = { ...job, waiting: job.waiting && { ...job.waiting, statusFirst: true } };
  return deferred(
    { job: later, decided: [] },
    dueAt(later) ?? now,
    'There was no time left to ask F&O.',
    null,
  );
}

function deferOpen(settled: Settled, outcome: NotTaken, due: Date): Settled {
  return deferred(settled, due, `${causeOf(outcome)} It is tried again at ${due.toISOString()}.`, outcome);
}

/** One decision for each failure that stays open. */
function deferred(settled: Settled, due: Date, reason: string, outcome: NotTaken | null): Settled {
  const { job } = settled;
  const open = [job.claim?.failure, job.waiting?.failure].filter((failure) => failure !== undefined);
  const decisions = open.map((failure): Decided => ({
    failure,
    decision: 'deferred',
    retry: null,
    dueAt: due,
    reason,
    answer: outcome?.answer ?? null,
  }));
  return { job: withDecision(job, 'deferred'), decided: [...settled.decided, ...decisions] };
}

function causeOf(outcome: NotTaken): string {
  const said = outcome.answer.message ? ` (${outcome.answer.message})` : '';
  switch (outcome.kind) {
    case 'throttled':
      return `F&O throttles${said}.`;
    case 'unavailable':
      return `F&O is not available${said}.`;
    case 'not-sent':
      return outcome.cause === 'token'
        ? `No token for F&O could be had${said}.`
        : `F&O could not be reached${said}.`;
    case 'unauthorized':
      return `F&O does not accept the service's token (HTTP 401): check that its application is a user in F&O.`;
    case 'misconfigured':
      return `F&O cannot be used as it is set up${said}: a person must look.`;
  }
}

function after(now: Date, ms: number): Date {
  return new Date(now.getTime() + ms);
}
