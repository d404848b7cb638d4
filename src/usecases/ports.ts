import type { FailedJob, RetryPolicy } from '../policy/retry-policy.ts';
import type { BatchJobs } from '../ports/batch-jobs.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Randomness } from '../ports/randomness.ts';
import type { Telemetry } from '../ports/telemetry.ts';

/** What the use cases reach the world through. */
export type Ports = {
  ledger: Ledger;
  /** The batch jobs of a configured environment. */
  batchJobs: (environment: string) => BatchJobs;
  /** The policy entry that lists the failed job, or null if none does. */
  policyFor: (environment: string, failure: FailedJob) => RetryPolicy | null;
  clock: Clock;
  randomness: Randomness;
  telemetry: Telemetry;
};
