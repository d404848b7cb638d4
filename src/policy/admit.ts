import { type BatchJob, type Decided, decided, dueAt, endEpisode, isOpen } from './batch-job.ts';
import { delayMs } from './delays.ts';
import { addMs, latest } from './instants.ts';
import { endedNoLater, plausibleEnd } from './run-times.ts';
import type { Failure } from './failure.ts';
import type { RetryPolicy } from './retry-policy.ts';

export type Admission =
  /** There is nothing new; `dueAt` tells when the event's failure is looked at again, if it is still open. */
  | { kind: 'duplicate'; dueAt: Date | null; reason: string }
  /** The failure is `job.waiting` (or `job.claim`, if its event came again); `decided` are those it replaced. */
  | { kind: 'admitted'; job: BatchJob; decided: Decided[] };

/** Longer than F&O takes to deliver an event, three tries of 10 s and all. */
const lateMs = 60_000;

/**
 * Takes a delivered failure into the job's record. `seen` tells whether the event is in the ledger.
 * Nothing is lost: what waits already is replaced by the newly delivered one, because one requeue serves both.
 */
export function admit(
  job: BatchJob | null,
  seen: boolean,
  environment: string,
  given: Failure,
  policy: RetryPolicy,
  now: Date,
): Admission {
  if (job && seen) return admitAgain(job, given, now);
  const endedAt = plausibleEnd(given.endedAt, now);
  const failure = endedAt === given.endedAt ? given : { ...given, endedAt };
  const current = job ? inItsEpisode(job, policy.resetAfterMs, now) : newJob(environment, failure);
  const replaced = current.waiting;
  const isUsedUp = current.retriesUsed >= policy.maxRetries;
  const due = isUsedUp ? now : addMs(now, delayMs(policy, current.retriesUsed));
  return {
    kind: 'admitted',
    job: {
      ...current,
      description: failure.description,
      legalEntity: failure.legalEntity,
      episodeStartedAt: current.episodeStartedAt ?? now,
      lastFailureAt: now,
      lastControlNumber: highest(current.lastControlNumber, failure.controlNumber),
      lastEndedAt: latest(current.lastEndedAt, failure.endedAt),
      waiting: {
        failure,
        firstDueAt: replaced?.firstDueAt ?? due,
        dueAt: replaced?.dueAt ?? due,
        statusFirst:
          current.claim !== null ||
          replaced !== null ||
          due > now ||
          isLate(failure, now) ||
          isRequeuedByHand(current) ||
          looksOlder(current, failure),
        serverErrors: 0,
        tries: replaced?.tries ?? 0,
      },
    },
    decided: replaced ? [supersededBy(replaced.failure, failure)] : [],
  };
}

function admitAgain(job: BatchJob, failure: Failure, now: Date): Admission {
  const lookAgainAt = dueAt(job);
  if (!isOpen(job, failure.eventId) || lookAgainAt === null) {
    return { kind: 'duplicate', dueAt: null, reason: 'This event was received and decided before.' };
  }
  if (lookAgainAt > now) {
    const reason = `This event was received before; its job is looked at again at ${lookAgainAt.toISOString()}.`;
    return { kind: 'duplicate', dueAt: lookAgainAt, reason };
  }
  return { kind: 'admitted', job, decided: [] };
}

/** A job that was quiet for `resetAfterMs` starts a new episode; one with something open is not quiet. */
function inItsEpisode(job: BatchJob, resetAfterMs: number, now: Date): BatchJob {
  const lastActiveAt = Math.max(job.lastFailureAt?.getTime() ?? 0, job.lastRequeueAt?.getTime() ?? 0);
  const isOpen = job.claim !== null || job.waiting !== null || job.followUp?.kind === 'requeue';
  const isQuiet = !isOpen && now.getTime() - lastActiveAt >= resetAfterMs;
  return isQuiet ? endEpisode(job) : job;
}

/** An event that comes long after its run ended, or does not say when: much may have happened since. */
function isLate(failure: Failure, now: Date): boolean {
  return failure.endedAt === null || now.getTime() - failure.endedAt.getTime() > lateMs;
}

/** The failure may be the one that a person has set to waiting, of whose run the record knows nothing. */
function isRequeuedByHand({ followUp }: BatchJob): boolean {
  return followUp?.kind === 'requeue' && followUp.retry === 0;
}

/** A hint only, since clocks differ and a restored database counts again from below: the status decides. */
function looksOlder(job: BatchJob, failure: Failure): boolean {
  const { endedAt, controlNumber } = failure;
  const endedBefore = (instant: Date | null) =>
    endedAt !== null && instant !== null && endedNoLater(endedAt, instant);
  const numberedBelow =
    controlNumber !== null &&
    job.lastControlNumber !== null &&
    BigInt(controlNumber) <= BigInt(job.lastControlNumber);
  return endedBefore(job.lastRequeueAt) || endedBefore(job.lastEndedAt) || numberedBelow;
}

export function supersededBy(failure: Failure, other: Failure): Decided {
  const reason = `Failure ${other.eventId} of the same job takes its place: one requeue serves both.`;
  return decided(failure, 'superseded', reason);
}

function highest(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return BigInt(one) > BigInt(other) ? one : other;
}

/** The record of a job for which none is there yet. */
export function newJob(
  environment: string,
  failure: Pick<Failure, 'jobId' | 'description' | 'legalEntity'>,
): BatchJob {
  return {
    environment,
    jobId: failure.jobId,
    description: failure.description,
    legalEntity: failure.legalEntity,
    episode: 1,
    episodeStartedAt: null,
    retriesUsed: 0,
    exhausted: false,
    troubleTold: false,
    lastFailureAt: null,
    lastRequeueAt: null,
    lastControlNumber: null,
    lastEndedAt: null,
    state: 'deferred',
    claim: null,
    waiting: null,
    followUp: null,
    wakeAt: null,
    paused: null,
    untold: [],
    tellingUntil: null,
    returnedClaim: null,
  };
}
