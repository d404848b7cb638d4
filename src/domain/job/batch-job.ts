import type { Failure, Learned } from '../failure.ts';
import type { JobId } from '../job-id.ts';
import type { Observation } from '../outcome.ts';
import { type Episode, newEpisode } from './episode.ts';
import type { Notification } from './notification.ts';
import type { Outcome } from './outcomes.ts';

/** What the service has still to publish. `isDeadLettered`: its item in the work queue is a dead letter. */
export type Outbox = {
  messages: readonly Notification[];
  leaseUntil: Date | null;
  isDeadLettered: boolean;
};

export const emptyOutbox: Outbox = { messages: [], leaseUntil: null, isDeadLettered: false };

/** The record of one batch job: all state that decisions depend on. */
export type BatchJob = {
  environment: string;
  jobId: JobId;
  description: string;
  legalEntity: string;
  episode: Episode;
  seen: Seen;
  /** What the service does about the job in F&O: exactly one thing. */
  phase: Phase;
  /** The failure to handle next. A job has one status in F&O, so one failure represents all that wait. */
  pending: Pending | null;
  /** While the job is paused, the service sends nothing for it. */
  paused: { at: Date; by: string; reason: string } | null;
  /** Whether the service has announced a wrong set-up since F&O last took a request. */
  setupProblemAnnounced: boolean;
  lastOutcome: Outcome | null;
  /** Of which runs the service has announced that they were too long, late or too short: F&O's times of them. */
  found: { longAt: Date | null; lateAt: Date | null; shortAt: Date | null };
  /** The latest failure that a person was told of, and as what. */
  announced: { eventId: string; decision: Outcome } | null;
  /** The oldest message first. Until `leaseUntil`, one process publishes them. */
  outbox: Outbox;
  /** The one item in the work queue that counts for this job; all others are stale. */
  wake: Wake | null;
};

export type Wake = { id: string; at: Date; isDeadLettered: boolean };

/** When a run started and ended, as F&O's entity shows it. */
export type RunTimes = { startedAt: Date | null; endedAt: Date };

/**
 * `learned`: what told of it, if not its event. `isMoot`: a look found it when a newer run had ended, so nothing was
 * decided about it.
 */
export type FailedRun = { endedAt: Date; learned?: Learned; isMoot?: true };

/** What events and reads have shown. Times of runs are F&O's; the service compares them only with F&O's. */
export type Seen = {
  /** When the service last received a failure, and F&O last accepted a requeue, by our clock. */
  failureAt: Date | null;
  requeueAt: Date | null;
  /** When the job last failed, was requeued or was seen running, by our clock. It has been quiet since. */
  activeAt: Date | null;
  /** End of the latest known run. */
  runEndedAt: Date | null;
  /** End of the latest known failed run. */
  failedRunEndedAt: Date | null;
  /** The latest failed runs, the latest last. Missing in records that are older than this field. */
  failedRuns?: readonly FailedRun[];
  /** An accepted requeue serves the failed runs that ended by this time. */
  servedUntilAt: Date | null;
  /** When a run started after the pending failure, by the latest started event. */
  startedRunAt: Date | null;
  /** End of the latest run that a finished event reported; null if no such event of this job has arrived. */
  finishedRunEndedAt: Date | null;
  /** The latest failed run that no event had reported when the service learned of it. */
  learnedRun: RunTimes | null;
  /**
   * The latest run that ended well as a search showed it, and that a read may not show any more. Missing in records that
   * are older than this field.
   */
  learnedFinish?: RunTimes;
  /** A requeued run ended and no event said how: the start that F&O had planned next. */
  endedWithoutEvent: { nextStartAt: Date | null } | null;
  /** The latest run that a requeue of ours started, once it has ended. Records that are older lack it. */
  requeuedRun?: { endedAt: Date; by: Origin };
  /** Since when F&O has answered 404 for the job, by our clock. */
  notFoundSinceAt: Date | null;
};

/** What all tries at one failure share. */
export type Attempt = {
  failure: Failure;
  /** When the failure was first due. */
  firstDueAt: Date;
  deferrals: number;
  /** How many requests for this failure F&O answered with HTTP 500. */
  http500s: number;
  /** How many reads did not show yet what the event reported. */
  unshown: number;
  /** How many requests left no trace in F&O, and could leave none: it shows no times of runs. */
  unproven: number;
  /** Its first request of unknown fate. All later reads are compared with what F&O showed before that request. */
  unknownSince: { at: Date; baseline: Baseline } | null;
  /** An operator asked for it, perhaps for a run that was requeued before. */
  askedByOperator: boolean;
};

/** Why a pending failure waits: the policy delays it, or F&O or the way to it could not take it. */
export type Pending = Attempt & { dueAt: Date; waits: 'delay' | 'deferral' };

/** Who wants a requeue: the policy (it costs budget) or an operator (it costs none). */
export type Origin = 'policy' | 'operator';

/** What F&O showed of the job before a request, and which failed run the request is for. */
export type Baseline = Pick<Observation, 'status' | 'startedAt' | 'endedAt' | 'scheduledAt' | 'readAt'> & {
  /** End of the failed run; null if neither the event nor the entity has it. */
  failedRunEndedAt: Date | null;
};

type Phase = Resting | Requesting;
type Resting = Idle | Following | Watching;
type Idle = { kind: 'idle' };

/** A request is about to be sent, is under way, or its fate is unknown. `before` is the phase that it came from. */
export type Requesting = { kind: 'requesting'; claim: Claim; before: Resting };

export type Claim = {
  /** Unique: identifies this request. */
  token: string;
  origin: Origin;
  attempt: Attempt;
  baseline: Baseline;
  claimedAt: Date;
  /** When its wake-up is due. Until the queue delivers it, the claim belongs to the process that made it. */
  dueAt: Date;
  /** Whether the request has ended without an answer that shows if F&O acted. */
  isFateUnknown: boolean;
  /** How many reads proved neither that the request arrived nor that it did not. */
  polls: number;
};

/** The service follows a run until it has ended. */
export type Following = {
  kind: 'following';
  failure: Failure;
  /** Who started it: our requeue, an operator's, or others (the schedule, a person in F&O). */
  origin: Origin | 'others';
  /** Which retry it was; null for others and operators. */
  retry: number | null;
  baseline: Baseline;
  since: Since;
  nextPollAt: Date;
  polls: number;
};

type Since = {
  startedAt: Date;
  /** When a read or an event first showed it running. */
  runningAt: Date | null;
  /**
   * When a read first showed that it had ended, but not how; its end, and the next planned start, if F&O showed
   * them.
   */
  quiet: { at: Date; runEndedAt: Date | null; nextStartAt: Date | null } | null;
};

/** A person must act; the service polls the job to see whether they did. */
export type Watching = {
  kind: 'watching';
  failure: Failure;
  baseline: Baseline;
  sinceAt: Date;
  nextPollAt: Date;
};

export const idle: Idle = { kind: 'idle' };

/** When the job is due next, or null if nothing is open. */
export function nextDueAt({ phase, pending }: BatchJob): Date | null {
  if (phase.kind === 'requesting') return phase.claim.dueAt;
  const polledAt = phase.kind === 'idle' ? null : phase.nextPollAt;
  if (!pending || !polledAt) return pending?.dueAt ?? polledAt;
  return pending.dueAt < polledAt ? pending.dueAt : polledAt;
}

/**
 * Whether the process that made the claim may still be sending its request. Once the fate is unknown, it is not.
 */
export function isLeased({ phase }: BatchJob): boolean {
  return phase.kind === 'requesting' && !phase.claim.isFateUnknown;
}

/** The failures without a final decision. */
export function openFailures({ phase, pending }: BatchJob): Failure[] {
  const claimed = phase.kind === 'requesting' ? [phase.claim.attempt.failure] : [];
  return pending ? [...claimed, pending.failure] : claimed;
}

/** The failure that the next step is about, or null if nothing is open. */
export function currentFailure(job: BatchJob): Failure | null {
  const { phase } = job;
  return openFailures(job)[0] ?? ('failure' in phase ? phase.failure : null);
}

/** The first record of a job. */
export function newJob(
  environment: string,
  { jobId, description, legalEntity }: Pick<Failure, 'jobId' | 'description' | 'legalEntity'>,
): BatchJob {
  return {
    environment,
    jobId,
    description,
    legalEntity,
    episode: newEpisode(1),
    seen: {
      failureAt: null,
      requeueAt: null,
      activeAt: null,
      runEndedAt: null,
      failedRunEndedAt: null,
      servedUntilAt: null,
      startedRunAt: null,
      finishedRunEndedAt: null,
      learnedRun: null,
      endedWithoutEvent: null,
      notFoundSinceAt: null,
    },
    phase: idle,
    pending: null,
    paused: null,
    setupProblemAnnounced: false,
    lastOutcome: null,
    found: { longAt: null, lateAt: null, shortAt: null },
    announced: null,
    outbox: emptyOutbox,
    wake: null,
  };
}

/** Ends the job's episode and its phase. */
export function endEpisode(job: BatchJob): BatchJob {
  return { ...beginEpisode(job), phase: idle };
}

/** Gives the job its whole budget again. Its phase goes on. */
export function beginEpisode(job: BatchJob): BatchJob {
  const seen = { ...job.seen, endedWithoutEvent: null };
  return { ...job, seen, episode: newEpisode(job.episode.number + 1) };
}
