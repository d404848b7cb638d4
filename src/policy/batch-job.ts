import type { DeferralCause } from './deferral-cause.ts';
import type { Failure } from './failure.ts';
import type { JobId } from './job-id.ts';
import type { Notification } from './notification.ts';
import type { FnoAnswer } from './outcome.ts';

/** What is known of one batch job: everything that decides, and nothing that only one process knows. */
export type BatchJob = {
  environment: string;
  jobId: JobId;
  description: string;
  legalEntity: string;
  /** Counts the job's runs of failures, from 1. */
  episode: number;
  episodeStartedAt: Date | null;
  /** Budget used in this episode: accepted requeues, and a claim as long as its fate is not known. */
  retriesUsed: number;
  /** Whether its exhaustion in this episode was announced. */
  exhausted: boolean;
  /** Whether people were told, since F&O last answered a request, that it cannot be used as it is set up. */
  troubleTold: boolean;
  lastFailureAt: Date | null;
  lastRequeueAt: Date | null;
  lastControlNumber: string | null;
  /** When the latest run that is known of ended, by F&O's clock. */
  lastEndedAt: Date | null;
  /** What became of it last. */
  state: JobState;
  /** A request that is about to be sent, is under way, or whose fate is not known. At most one a job. */
  claim: Claim | null;
  /** The claim whose retry was given back last, because F&O showed no trace of its request in time. */
  returnedClaim: string | null;
  /** The failure to be handled next. A job has one state in F&O, so one failure stands for all that wait. */
  waiting: WaitingFailure | null;
  /** A requeue whose run is still to end. */
  followUp: FollowUp | null;
  /** For when the work queue holds an item that takes this job up, as far as the record tells. */
  wakeAt: Date | null;
  /** While it is paused, nothing is sent for it. */
  paused: Paused | null;
  /** What is still to be told, the oldest first. */
  untold: readonly Notification[];
  /** Until then a process is at telling it. */
  tellingUntil: Date | null;
};

type Paused = { at: Date; by: string; reason: string };

/** The durable record, written before a request, that it is about to be sent. */
export type Claim = {
  /** Unique: tells this claim from every other. */
  token: string;
  failure: Failure;
  /** When the latest run that was known of then ended, by F&O's clock: it failed, this claim is for its requeue. */
  runEndedAt: Date | null;
  /** Which retry of the episode it is, from 1; 0 for a request by hand, which costs no budget. */
  retry: number;
  claimedAt: Date;
  /** Until then its process is given time to record the outcome; afterwards F&O's status decides. */
  leaseUntil: Date;
  /** When its failure was to be handled first. */
  firstDueAt: Date;
  /** Answers of HTTP 500 to requests for this failure so far. */
  serverErrors: number;
  /** Deferrals so far. */
  tries: number;
};

export type WaitingFailure = {
  failure: Failure;
  firstDueAt: Date;
  dueAt: Date;
  /** Whether F&O's status must be read before a requeue: so whenever anything delayed it, or it looks old. */
  statusFirst: boolean;
  serverErrors: number;
  tries: number;
};

/**
 * F&O set the job to waiting (`requeue`): how does it fare? Or its budget is used up, or F&O refused (`watch`):
 * does a person take it in hand?
 */
export type FollowUp = {
  kind: 'requeue' | 'watch';
  failure: Failure;
  /** As the claim's. */
  runEndedAt: Date | null;
  retry: number;
  requeuedAt: Date;
  lookAt: Date;
  looks: number;
};

export type DecisionKind =
  | 'requeued'
  | 'scheduled'
  | 'deferred'
  | 'duplicate'
  | 'superseded'
  | 'ignored'
  | 'exhausted'
  | 'paused'
  | 'refused'
  | 'shadow';

/** What became of a requeued job: it ran without error, a person took it out, or its run does not end. */
export type RunEnd = 'recovered' | 'canceled' | 'stuck';

export function isRunEnd(decision: DecisionKind | RunEnd): decision is RunEnd {
  return decision === 'recovered' || decision === 'canceled' || decision === 'stuck';
}

export type JobState = DecisionKind | RunEnd;

/**
 * What became of a failure, or of the run that its requeue led to. A `scheduled` or `deferred` failure will be
 * decided again; all others are final.
 */
export type Decided = {
  failure: Failure;
  decision: DecisionKind | RunEnd;
  /** Which retry of the episode it was, where one was sent or would have been. */
  retry: number | null;
  dueAt: Date | null;
  reason: string;
  answer: FnoAnswer | null;
  /** Whether a person must look. */
  announce: boolean;
  /** What its episode had come to, if it ended with this. */
  endedEpisode?: EndedEpisode;
  /** Why it was put off, if F&O did not take it. */
  cause?: DeferralCause;
};

export type EndedEpisode = Pick<BatchJob, 'episode' | 'episodeStartedAt' | 'retriesUsed'>;

/** When the job is looked at again, or null if nothing is open. */
export function dueAt(job: BatchJob): Date | null {
  return job.claim?.leaseUntil ?? job.waiting?.dueAt ?? job.followUp?.lookAt ?? null;
}

/** When there is something to do for the record, be it only to tell what is untold. */
export function nextDueAt(job: BatchJob): Date | null {
  return job.untold[0]?.at ?? dueAt(job);
}

/** The failure that what is done next for the job is about, or null if nothing is open. */
export function failureAtHand({ claim, waiting, followUp }: BatchJob): Failure | null {
  return (claim ?? waiting ?? followUp)?.failure ?? null;
}

/** The failures that are still to be decided. */
export function openFailures(job: BatchJob): Failure[] {
  return [job.claim?.failure, job.waiting?.failure].filter((failure) => failure !== undefined);
}

/** Whether the event's failure is still to be decided. */
export function isOpen(job: BatchJob, eventId: string): boolean {
  return openFailures(job).some((failure) => failure.eventId === eventId);
}

/** What the episode that ends has come to. */
export function endedEpisode({ episode, episodeStartedAt, retriesUsed }: BatchJob): EndedEpisode {
  return { episode, episodeStartedAt, retriesUsed };
}

/** A job whose run of failures is over. */
export function endEpisode(job: BatchJob): BatchJob {
  return {
    ...job,
    episode: job.episode + 1,
    episodeStartedAt: null,
    retriesUsed: 0,
    exhausted: false,
    returnedClaim: null,
    followUp: null,
  };
}

export function decided(
  failure: Failure,
  decision: Decided['decision'],
  reason: string,
  more: Partial<Pick<Decided, 'retry' | 'dueAt' | 'answer' | 'announce' | 'cause' | 'endedEpisode'>> = {},
): Decided {
  const announce = decision === 'refused' || decision === 'stuck';
  const nothing = { retry: null, dueAt: null, answer: null };
  return { failure, decision, reason, announce, ...nothing, ...more };
}
