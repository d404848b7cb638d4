import { deferralMs } from './backoff.ts';
import {
  type BatchJob,
  type Claim,
  type Decided,
  decided,
  dueAt,
  type FollowUp,
  openFailures,
} from './batch-job.ts';
import type { DeferralCause } from './deferral-cause.ts';
import { addMs, latest } from './instants.ts';
import type { Grant } from './environment-state.ts';
import type { FnoAnswer, NotTaken } from './outcome.ts';
import { waitAgain } from './resolve-claim.ts';
import { stuck, stuckAfterMs } from './resolve-follow-up.ts';

export type Settled = { job: BatchJob; decided: Decided[] };

type Deferral = {
  dueAt: Date;
  cause: DeferralCause;
  /** The cause in words. */
  said: string;
  answer: FnoAnswer | null;
  /** Whether a person must mend something for it to end. */
  needsPerson: boolean;
};

/** Over how long what was held back is spread. */
const spreadMs = 60_000;

/** Puts off a job whose status could not be read. */
export function putOff(
  job: BatchJob,
  outcome: NotTaken,
  giveUpAfterMs: number,
  now: Date,
  random: number,
): Settled {
  const { claim, waiting, followUp } = job;
  const tries = (claim ?? waiting)?.tries ?? followUp?.looks ?? 0;
  const due = addMs(now, deferralMs(outcome, tries, random));
  const later: BatchJob = {
    ...job,
    claim: claim && { ...claim, leaseUntil: due, tries: tries + 1 },
    waiting: waiting && {
      ...waiting,
      dueAt: latest(waiting.dueAt, due) ?? due,
      statusFirst: true,
      tries: tries + 1,
    },
    followUp: followUp && { ...followUp, lookAt: due, looks: followUp.looks + 1 },
  };
  if (followUp && !claim && !waiting) return putOffFollowUp(later, followUp, outcome, now);
  return deferOrGiveUp({ job: later, decided: [] }, deferralOf(outcome, due), giveUpAfterMs, now);
}

/** A run whose end cannot be seen for so long is stuck, for all that is known; a person need not be waited for. */
function putOffFollowUp(job: BatchJob, followUp: FollowUp, outcome: NotTaken, now: Date): Settled {
  if (now.getTime() - followUp.requeuedAt.getTime() < stuckAfterMs) return { job, decided: [] };
  if (followUp.kind === 'watch') return { job: { ...job, followUp: null }, decided: [] };
  return stuck(job, followUp, `cannot be looked at since (${inWords(outcome).replace(/\.$/, '')})`);
}

/** Leaves a job whose status was to be read to whoever takes it up next: there was no time left to ask F&O. */
export function leaveForLater(job: BatchJob, now: Date): Settled {
  const later: BatchJob = { ...job, waiting: job.waiting && { ...job.waiting, statusFirst: true } };
  const said = 'There was no time left to ask F&O.';
  return defer(
    { job: later, decided: [] },
    { dueAt: dueAt(later) ?? now, cause: 'no-time', said, answer: null, needsPerson: false },
  );
}

/**
 * Takes back a claim whose request was not sent, because the environment is down or has had its fill: what is
 * held back comes spread out, so that not all come at once.
 */
export function holdBack(
  job: BatchJob,
  claim: Claim,
  grant: Extract<Grant, { kind: 'wait' }>,
  giveUpAfterMs: number,
  now: Date,
  random: number,
): Settled {
  const spread = grant.cause === 'crowd' ? spreadMs / 12 : spreadMs;
  const due = addMs(grant.until, Math.round(spread * random));
  const cause = grant.cause === 'rate limit' ? 'rate-limit' : grant.cause;
  const said = whyHeldBack(grant);
  const unspent: BatchJob = { ...job, claim: null, retriesUsed: job.retriesUsed - 1 };
  return deferOrGiveUp(
    waitAgain(unspent, claim, due),
    { dueAt: due, cause, said, answer: null, needsPerson: false },
    giveUpAfterMs,
    now,
  );
}

function whyHeldBack({ cause, until }: Extract<Grant, { kind: 'wait' }>): string {
  switch (cause) {
    case 'breaker':
      return `F&O was not available to others just now: it is left alone until ${until.toISOString()}.`;
    case 'rate limit':
      return 'F&O has got as many requeues this minute as it may.';
    case 'crowd':
      return 'Too many asked at once for leave to send a requeue.';
  }
}

export function deferralOf(outcome: NotTaken, due: Date): Deferral {
  const needsPerson = outcome.kind === 'unauthorized' || outcome.kind === 'misconfigured';
  return { dueAt: due, cause: causeOf(outcome), said: inWords(outcome), answer: outcome.answer, needsPerson };
}

/** Deferring has a limit in all: then a person must look, and the episode stays open for them. */
export function deferOrGiveUp(
  settled: Settled,
  deferral: Deferral,
  giveUpAfterMs: number,
  now: Date,
): Settled {
  const { job } = settled;
  const open = job.claim ?? job.waiting;
  if (!open || now.getTime() - open.firstDueAt.getTime() < giveUpAfterMs) return defer(settled, deferral);
  const { said, answer } = deferral;
  const reason = `${said} It is given up, after trying since ${open.firstDueAt.toISOString()}: a person must look.`;
  return {
    job: { ...job, state: 'refused', claim: null, waiting: null, followUp: null },
    decided: [
      ...settled.decided,
      ...openFailures(job).map((failure) => decided(failure, 'refused', reason, { answer })),
    ],
  };
}

/** One decision for each failure that stays open. What needs a person is told of once, until F&O answers again. */
function defer(settled: Settled, { dueAt: atLeast, cause, said, answer, needsPerson }: Deferral): Settled {
  const { job } = settled;
  const due = dueAt(job) ?? atLeast;
  const open = openFailures(job);
  const reason = `${said} It is tried again at ${due.toISOString()}.`;
  const announce = needsPerson && !job.troubleTold;
  const deferred = open.map((failure) =>
    decided(failure, 'deferred', reason, { dueAt: due, answer, announce, cause }),
  );
  return {
    job: open.length > 0 ? { ...job, state: 'deferred', troubleTold: job.troubleTold || announce } : job,
    decided: [...settled.decided, ...deferred],
  };
}

function inWords(outcome: NotTaken): string {
  const said = outcome.answer.message ? ` (${outcome.answer.message})` : '';
  switch (outcome.kind) {
    case 'throttled':
      return `F&O throttles${said}.`;
    case 'unavailable':
      return `F&O is not available${said}.`;
    case 'not-sent':
      if (outcome.cause === 'time') return 'There was no time left to ask F&O.';
      return outcome.cause === 'token'
        ? `No token for F&O could be had${said}.`
        : `F&O could not be reached${said}.`;
    case 'unauthorized':
      return `F&O does not accept the service's token (HTTP 401): check that its application is a user in F&O.`;
    case 'misconfigured':
      return `F&O cannot be used as it is set up${said}: a person must look.`;
  }
}

function causeOf(outcome: NotTaken): DeferralCause {
  if (outcome.kind !== 'not-sent') return outcome.kind;
  return ({ connection: 'unreachable', token: 'no-token', time: 'no-time' } as const)[outcome.cause];
}
