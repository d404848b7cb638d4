import type { BatchStatus } from './batch-status.ts';
import type { JobScript } from './job-script.ts';
import type { JobTraits } from './job-traits.ts';

/** The kinds of batch job events, each on or off per job. */
export type BatchEventKind = 'failed' | 'started' | 'finished' | 'canceled';

export const batchEventKinds: readonly BatchEventKind[] = ['failed', 'started', 'finished', 'canceled'];

/** `interrupted`: something else set the status, or deleted the job, while the run was going on. */
export type BatchJobOutcome = 'finished' | 'failed' | 'interrupted';

/** Who started a run. `requeue`: SetBatchJobToWaiting. */
export type RunCause = 'schedule' | 'requeue' | 'person';

/** Scheduled starts: `firstAt` + n × `everyMs`. */
export interface Recurrence {
  readonly everyMs: number;
  readonly firstAt: Date;
}

export interface NewBatchJob {
  /** Int64 in decimal digits. */
  jobId: string;
  description: string;
  script: JobScript;
  /** 'USMF' unless set. */
  legalEntity?: string;
  /**
   * A recurring job returns to Waiting after each run, failed or finished, and waits for its next scheduled start.
   * `firstAt` is the time at which the job is added unless set; one in the past is due at once. A job without
   * recurrence runs once and stays in Error or Finished.
   */
  recurrence?: { everyMs: number; firstAt?: Date };
  traits?: Partial<JobTraits>;
  /** Made by F&O's own code, not by a person. False unless set. */
  runtimeJob?: boolean;
  /** 'Waiting' unless set. */
  status?: BatchStatus;
  /** Which business events the job sends: ['failed'] unless set, as in F&O. */
  sends?: readonly BatchEventKind[];
}

/** What happened, whatever the entity and the events tell of it. */
export interface BatchJobRun {
  readonly cause: RunCause;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly outcome: BatchJobOutcome | null;
}

/**
 * A live view: it changes as the job does. Its times are by F&O's clock, and those that the entity shows: null
 * where it shows 1900.
 */
export interface SimulatedBatchJob {
  readonly jobId: string;
  readonly description: string;
  readonly legalEntity: string;
  readonly recurrence: Recurrence | null;
  readonly traits: JobTraits;
  readonly runtimeJob: boolean;
  readonly sends: readonly BatchEventKind[];
  readonly status: BatchStatus;
  readonly createdAt: Date;
  /** OrigStartDateTime. */
  readonly scheduledAt: Date | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** The job as the entity shows it, which may be late. */
  readonly shown: ShownJob;
  readonly canceledBy: string;
  /** How many SetBatchJobToWaiting were accepted, those that changed nothing included. */
  readonly requeues: number;
  readonly runs: readonly BatchJobRun[];
}

export type ShownJob = Pick<SimulatedBatchJob, 'status' | 'scheduledAt' | 'startedAt' | 'endedAt'>;
