import type { BatchStatus } from './batch-status.ts';
import type { JobScript } from './job-script.ts';
import type { JobTraits } from './job-traits.ts';

/** The kinds of batch job events, each on or off per job. */
export type BatchEventKind = 'failed' | 'started' | 'finished' | 'canceled';

export const batchEventKinds: readonly BatchEventKind[] = ['failed', 'started', 'finished', 'canceled'];

/** `interrupted`: something else set the status, or deleted the job, during the run. */
export type BatchJobOutcome = 'finished' | 'failed' | 'interrupted';

/** Who started a run. `requeue`: SetBatchJobToWaiting. */
export type RunCause = 'schedule' | 'requeue' | 'person';

/** Scheduled starts: `firstAt` + n × `everyMs`. */
export interface Recurrence {
  readonly everyMs: number;
  readonly firstAt: Date;
}

/** How one run of a job goes under `autoRun`, where it differs from it. */
export interface RunPace {
  /** How much later than its pickup the run starts; Infinity: never by itself. 0 unless set. */
  startsLateMs?: number;
  /** 'hangs': the job stays Executing until `endHanging`, or until somebody sets its status. */
  runMs?: number | 'hangs';
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
   * `firstAt` is the time at which the job is added unless set; a past one makes the job due at once. A job without
   * recurrence runs once and stays in Error or Finished.
   */
  recurrence?: { everyMs: number; firstAt?: Date };
  traits?: Partial<JobTraits>;
  /** The pace of each run, which begin at number 0. As `autoRun` says unless set. */
  pace?: (run: number) => RunPace;
  /** F&O's own code made it, not a person. False unless set. */
  runtimeJob?: boolean;
  /** 'Waiting' unless set. */
  status?: BatchStatus;
  /** Which business events the job sends: ['failed'] unless set, as in F&O. */
  sends?: readonly BatchEventKind[];
}

/** What really happened, whatever the entity and the events show. */
export interface BatchJobRun {
  readonly cause: RunCause;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly outcome: BatchJobOutcome | null;
}

/**
 * A live view: it changes as the job does. Its times are by F&O's clock, as the entity shows them: null for 1900.
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
  /** The job as the entity shows it, perhaps late. */
  readonly shown: ShownJob;
  readonly canceledBy: string;
  /** How many calls of SetBatchJobToWaiting F&O accepted, including those that changed nothing. */
  readonly requeues: number;
  readonly runs: readonly BatchJobRun[];
}

export type ShownJob = Pick<SimulatedBatchJob, 'status' | 'scheduledAt' | 'startedAt' | 'endedAt'>;
