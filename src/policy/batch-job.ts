import type { Failure } from './failure.ts';
import type { JobId } from './job-id.ts';
import type { FnoAnswer } from './outcome.ts';

/** What is known of one batch job: everything that decides, and nothing that only one process knows. */
export type BatchJob = {
  environment: string;
  jobId: JobId;
  description: string;
  legalEntity: string;
  /** Counts the job's runs of failures, from 1. */
  episode: number;
  /** Budget used in this episode: accepted requeues, and a claim as long as its fate is not known. */
  retriesUsed: number;
  lastFailureAt: Date | null;
  lastRequeueAt: Date | null;
  lastControlNumber: string | null;
  /** The latest decision on one of its failures. */
  lastDecision: DecisionKind | null;
  /** A request that is about to be sent, is under way, or whose fate is not known. At most one a job. */
  claim: Claim | null;
  /** The failure to be handled next. A job has one state in F&O, so one failure stands for all that wait. */
  waiting: WaitingFailure | null;
};

/** The durable record, written before a request, that it is about to be sent. */
export type Claim = {
  /** Unique: tells this claim from every other. */
  token: string;
  failure: Failure;
  /** Which retry of the episode it is, from 1. */
  retry: number;
  claimedAt: Date;
  /** Until then its process is given time to record the outcome; afterwards F&O's status decides. */
  leaseUntil: Date;
  /** Answers of HTTP 500 to requests for this failure so far. */
  serverErrors: number;
  /** Deferrals so far. */
  tries: number;
};

export type WaitingFailure = {
  failure: Failure;
  dueAt: Date;
  /** Whether F&O's status must be read before a requeue: so whenever anything delayed it, or it looks old. */
  statusFirst: boolean;
  serverErrors: number;
  tries: number;
};

export type DecisionKind =
  'requeued' | 'deferred' | 'duplicate' | 'superseded' | 'ignored' | 'exhausted' | 'refused' | 'shadow';

/** What became of a failure. A `deferred` one will be decided again; all others are final. */
export type Decided = {
  failure: Failure;
  decision: DecisionKind;
  /** Which retry of the episode it was, where one was sent or would have been. */
  retry: number | null;
  dueAt: Date | null;
  reason: string;
  answer: FnoAnswer | null;
};

/** When somebody must look at the job again, or null if nothing is open. */
export function dueAt(job: BatchJob): Date | null {
  return job.claim?.leaseUntil ?? job.waiting?.dueAt ?? null;
}

export function isOpen(job: BatchJob, eventId: string): boolean {
  return job.claim?.failure.eventId === eventId || job.waiting?.failure.eventId === eventId;
}

/** The job as this decision leaves it. */
export function withDecision(job: BatchJob, decision: DecisionKind): BatchJob {
  return { ...job, lastDecision: decision };
}
