import type { JobId } from '../policy/job-id.ts';
import type { ReadOutcome, SetToWaitingOutcome } from '../policy/outcome.ts';

/** The batch jobs of one F&O environment. Both calls resolve, never reject, and answer by the signal's abort. */
export interface BatchJobs {
  /** Sets a job to Waiting. `unknown` means F&O may have acted: read the status before sending another. */
  setToWaiting(jobId: JobId, signal: AbortSignal): Promise<SetToWaitingOutcome>;
  read(jobId: JobId, signal: AbortSignal): Promise<ReadOutcome>;
}
