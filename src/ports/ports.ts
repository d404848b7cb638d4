import type { BatchJobs } from './batch-jobs.ts';
import type { Causes } from './causes.ts';
import type { Clock } from './clock.ts';
import type { FailureTexts } from './failure-texts.ts';
import type { Ledger } from './ledger.ts';
import type { Randomness } from './randomness.ts';
import type { RunSearch } from './run-search.ts';
import type { Runs } from './runs.ts';
import type { Subscribers } from './subscribers.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { Telemetry } from './telemetry.ts';
import type { WorkQueue } from './work-queue.ts';

/** Everything outside that the use cases reach. */
export type Ports = {
  ledger: Ledger;
  queue: WorkQueue;
  subscriptions: Subscriptions;
  runs: Runs;
  causes: Causes;
  subscribers: Subscribers;
  /** The batch jobs of a configured environment. */
  batchJobs: (environment: string) => BatchJobs;
  runSearch: (environment: string) => RunSearch;
  /** The telemetry of a configured environment; null if the settings name none. */
  failureTexts: (environment: string) => FailureTexts | null;
  clock: Clock;
  randomness: Randomness;
  telemetry: Telemetry;
  /** Aborts when the process stops and can no longer wait for F&O. */
  forcefulStop: AbortSignal;
};
