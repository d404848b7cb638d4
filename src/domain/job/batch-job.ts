import type { Failure } from '../failure.ts';
import type { JobId } from '../job-id.ts';
import type { Observation } from '../outcome.ts';
import { type Episode, newEpisode } from './episode.ts';
import type { Notification } from './notification.ts';
import type { Outcome } from './outcomes.ts';

/** `isDeadLettered`: its item in the work queue failed too often, and is kept for people. */
export type Outbox = {
  messages: readonly Notification[];
  leaseUntil: Date | null;
  isDeadLettered: boolean;
};

export const emptyOutbox: Outbox = { messages: [], leaseUntil: null, isDeadLettered: false };

/** The record of one batch job: all state that decides. */
export type BatchJob = {
  environment: string;
  jobId: JobId;
  description: string;
  legalEntity: string;
  episode: Episode;
  seen: Seen;
  /** What is done about the job in F&O: exactly one thing. */
  phase: Phase;
  /** The failure to be handled next. A job has one status in F&O, so one failure stands for all that wait. */
  pending: Pending | null;
  /** While it is paused, nothing is sent for it. */
  paused: { at: Date; by: string; reason: string } | null;
  /** Whether people were told, since F&O last took a request, that its set-up is wrong. */
  setupProblemAnnounced: boolean;
  lastOutcome: Outcome | null;
  /** What is still to be published, the oldest first; until `leaseUntil` a process is at it. */
  outbox: Outbox;
  /** The one item in the work queue that counts for this job; all others are stale. */
  wake: Wake | null;
};

export type Wake = { id: string; at: Date; isDeadLettered: boolean };

/** What events and reads have shown. Times of runs are F&O's, and are compared with F&O's only. */
export type Seen = {
  /** When a failure was received last, and a requeue accepted, by our clock. */
  failureAt: Date | null;
  requeueAt: Date | null;
  /** When the job last failed, was requeued or was seen running, by our clock: since then it is quiet. */
  activeAt: Date | null;
  /** End of the latest run that is known of. */
  runEndedAt: Date | null;
  /** End of the latest failed run that is known of. */
  failedRunEndedAt: Date | null;
  /** Failed runs that ended until then are served by a requeue that F&O accepted. */
  servedUntilAt: Date | null;
  /** When a run started, after the failure that waits, by the latest event that told so. */
  startedRunAt: Date | null;
  /** End of the latest run that a finished event told of; null: none of this job has ever arrived. */
  finishedRunEndedAt: Date | null;
  /** A requeued run ended and nothing told how: the start that F&O had planned next. */
  endedWithoutEvent: { nextStartAt: Date | null } | null;
  /** Since when F&O answers 404 for the job, by our clock. */
  notFoundSinceAt: Date | null;
};

/** What every try at one failure carries along. */
export type Attempt = {
  failure: Failure;
  /** When the failure was to be handled first. */
  firstDueAt: Date;
  deferrals: number;
  /** Answers of HTTP 500 to requests for this failure. */
  http500s: number;
  /** How often F&O did not show yet what the event tells. */
  unshown: number;
  /** Requests of which F&O showed no trace, and could not: it tells no times of runs. */
  unproven: number;
  /** Its first request whose fate is not known: all later reads compare with what F&O showed before that one. */
  unknownSince: { at: Date; baseline: Baseline } | null;
  /** An operator asked for it: also for a run that was requeued before. */
  askedByOperator: boolean;
};

/** Why a pending failure waits: the policy delays it, or F&O or the way to it could not take it. */
export type Pending = Attempt & { dueAt: Date; waits: 'delay' | 'deferral' };

/** Who wants a requeue: the policy (it costs budget) or an operator (it costs none). */
export type Origin = 'policy' | 'operator';

/** What F&O said of the job before a request, and which failed run the request is for. */
export type Baseline = Pick<Observation, 'status' | 'startedAt' | 'endedAt' | 'scheduledAt' | 'readAt'> & {
  /** End of the failed run; null if neither event nor entity tells. */
  failedRunEndedAt: Date | null;
};

type Phase = Resting | Requesting;
type Resting = Idle | Following | Watching;
type Idle = { kind: 'idle' };

/** A request is about to be sent, is under way, or its fate is not known. `before` is the phase that it came from. */
export type Requesting = { kind: 'requesting'; claim: Claim; before: Resting };

export type Claim = {
  /** Unique: tells this request from every other. */
  token: string;
  origin: Origin;
  attempt: Attempt;
  baseline: Baseline;
  claimedAt: Date;
  /** When its wake-up is due. Before that item is handed out, the claim belongs to the process that made it. */
  dueAt: Date;
  /** Whether an answer came that does not say if F&O acted. */
  isFateUnknown: boolean;
  /** How often the job was read, and neither proved that the request arrived nor that it did not. */
  polls: number;
};

/** A run is followed until it has ended. */
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
  /** First seen running. */
  runningAt: Date | null;
  /** First seen to be over without word of how it ended; its end, and the start that F&O had planned next, if told. */
  quiet: { at: Date; runEndedAt: Date | null; nextStartAt: Date | null } | null;
};

/** A person must act; F&O is asked whether they did. */
export type Watching = {
  kind: 'watching';
  failure: Failure;
  baseline: Baseline;
  sinceAt: Date;
  nextPollAt: Date;
};

export const idle: Idle = { kind: 'idle' };

/** When there is something to do for the job in F&O, or null if nothing is open. */
export function nextDueAt({ phase, pending }: BatchJob): Date | null {
  if (phase.kind === 'requesting') return phase.claim.dueAt;
  const polledAt = phase.kind === 'idle' ? null : phase.nextPollAt;
  if (!pending || !polledAt) return pending?.dueAt ?? polledAt;
  return pending.dueAt < polledAt ? pending.dueAt : polledAt;
}

/** Whether the process that made the claim may still be at its request; nobody is at one whose fate is unknown. */
export function isLeased({ phase }: BatchJob): boolean {
  return phase.kind === 'requesting' && !phase.claim.isFateUnknown;
}

/** The failures that are still to be decided. */
export function openFailures({ phase, pending }: BatchJob): Failure[] {
  const claimed = phase.kind === 'requesting' ? [phase.claim.attempt.failure] : [];
  return pending ? [...claimed, pending.failure] : claimed;
}

/** The failure that what is done next is about, or null if nothing is open. */
export function currentFailure(job: BatchJob): Failure | null {
  const { phase } = job;
  return openFailures(job)[0] ?? ('failure' in phase ? phase.failure : null);
}

/** The record of a job for which none is there yet. */
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
      endedWithoutEvent: null,
      notFoundSinceAt: null,
    },
    phase: idle,
    pending: null,
    paused: null,
    setupProblemAnnounced: false,
    lastOutcome: null,
    outbox: emptyOutbox,
    wake: null,
  };
}

/** A job whose chain of failures is over. What it was about in F&O is over, too. */
export function endEpisode(job: BatchJob): BatchJob {
  return { ...beginEpisode(job), phase: idle };
}

/** The job gets its whole budget again; what is done about it in F&O goes on. */
export function beginEpisode(job: BatchJob): BatchJob {
  const seen = { ...job.seen, endedWithoutEvent: null };
  return { ...job, seen, episode: newEpisode(job.episode.number + 1) };
}
