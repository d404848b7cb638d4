import type { JobId } from '../domain/job-id.ts';
import type { NotTaken, Observation, ReadOutcome, SetToWaitingOutcome } from '../domain/outcome.ts';

/** The batch jobs of one F&O environment. All calls resolve, never reject, at the latest when the signal aborts. */
export interface BatchJobs {
  /** Sets a job to Waiting. `unknown` means F&O may have acted: read the status before sending another. */
  setToWaiting(jobId: JobId, signal: AbortSignal): Promise<SetToWaitingOutcome>;
  read(jobId: JobId, signal: AbortSignal): Promise<ReadOutcome>;
  /**
   * The jobs with these ids, at most 32, by one request, as F&O lists them: a job that it does not have is absent, and
   * one that it lists twice is there twice.
   */
  listByIds(jobIds: readonly JobId[], signal: AbortSignal): Promise<ListOutcome>;
  /** At most `limit` jobs, those in Error first, each part with the latest end of a run first. */
  list(query: JobQuery, signal: AbortSignal): Promise<ListOutcome>;
}

export type JobQuery = {
  /** A job's id, or a part of its description in any case; null for all jobs. */
  search: string | null;
  limit: number;
};

/**
 * `cutOff` is a sentence that says why there may be more jobs, apart from the limit; null if the list is complete.
 */
export type ListOutcome = { kind: 'listed'; jobs: ListedBatchJob[]; cutOff: string | null } | NotTaken;

export type ListedBatchJob = Observation & { jobId: JobId };
