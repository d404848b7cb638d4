import type { BatchJob, Decided } from './batch-job.ts';
import { dueAt, isOpen } from './batch-job.ts';
import type { Failure } from './failure.ts';

export type Admission =
  /** The event was received before; `dueAt` tells when its failure is looked at again, if it is still open. */
  | { kind: 'duplicate'; dueAt: Date | null; reason: string }
  /** The failure is `job.waiting` (or `job.claim`, if its event came again); `decided` are those it replaced. */
  | { kind: 'admitted'; job: BatchJob; decided: Decided[] };

/**
 * Takes a delivered failure into the job's record. `seen` tells whether the event is in the ledger.
 * Nothing is lost: what waits already is replaced by the newly delivered one, because one requeue serves both.
 */
export function admit(
  job: BatchJob | null,
  seen: boolean,
  environment: string,
  failure: Failure,
  resetAfterMs: number,
  now: Date,
): Admission {
  if (job && seen) return admitAgain(job, failure, now);
  const current = job ? inItsEpisode(job, resetAfterMs, now) : newJob(environment, failure);
  const replaced = current.waiting;
  return {
    kind: 'admitted',
    job: {
      ...current,
      description: failure.description,
      legalEntity: failure.legalEntity,
      lastFailureAt: now,
      lastControlNumber: failure.controlNumber ?? current.lastControlNumber,
      waiting: {
        failure,
        dueAt: replaced?.dueAt ?? now,
        statusFirst: current.claim !== null || replaced !== null || looksOlder(current, failure),
        serverErrors: replaced?.serverErrors ?? 0,
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
  const isQuiet = !job.claim && !job.waiting && now.getTime() - lastActiveAt >= resetAfterMs;
  return isQuiet ? { ...job, episode: job.episode + 1, retriesUsed: 0 } : job;
}

/** A hint only, since clocks differ and a restored database counts again from below: the status decides. */
function looksOlder(job: BatchJob, failure: Failure): boolean {
  const endedBeforeRequeue =
    failure.endedAt !== null && job.lastRequeueAt !== null && failure.endedAt <= job.lastRequeueAt;
  const numberedBelow =
    failure.controlNumber !== null &&
    job.lastControlNumber !== null &&
    BigInt(failure.controlNumber) <= BigInt(job.lastControlNumber);
  return endedBeforeRequeue || numberedBelow;
}

export function supersededBy(failure: Failure, other: Failure): Decided {
  const reason = `Failure ${other.eventId} of the same job takes its place: one requeue serves both.`;
  return { failure, decision: 'superseded', retry: null, dueAt: null, reason, answer: null };
}

function newJob(environment: string, failure: Failure): BatchJob {
  return {
    environment,
    jobId: failure.jobId,
    description: failure.description,
    legalEntity: failure.legalEntity,
    episode: 1,
    retriesUsed: 0,
    lastFailureAt: null,
    lastRequeueAt: null,
    lastControlNumber: null,
    lastDecision: null,
    claim: null,
    waiting: null,
  };
}
