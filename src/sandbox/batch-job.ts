import type { BatchStatus } from './batch-status.ts';
import type { JobScript } from './job-script.ts';

/** The kinds of batch job events, each on or off per job. */
export type BatchEventKind = 'failed' | 'started' | 'finished' | 'canceled';

/** `interrupted`: something else set the status while the run was going on. */
export type BatchJobOutcome = 'finished' | 'failed' | 'interrupted';

export interface NewBatchJob {
  /** Int64 in decimal digits. */
  jobId: string;
  description: string;
  script: JobScript;
  /** 'USMF' unless set. */
  legalEntity?: string;
  /** A recurring job is Waiting again after it finishes. */
  recurring?: boolean;
  /** 'Waiting' unless set. */
  status?: BatchStatus;
  /** Which business events the job sends: ['failed'] unless set, as in F&O. */
  sends?: readonly BatchEventKind[];
}

export interface BatchJobRun {
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly outcome: BatchJobOutcome | null;
}

/** A live view: it changes as the job does. */
export interface SimulatedBatchJob {
  readonly jobId: string;
  readonly description: string;
  readonly legalEntity: string;
  readonly recurring: boolean;
  readonly sends: readonly BatchEventKind[];
  readonly status: BatchStatus;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly canceledBy: string;
  readonly requeues: number;
  readonly runs: readonly BatchJobRun[];
}
