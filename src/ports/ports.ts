import type { BatchJobs } from './batch-jobs.ts';
import type { Clock } from './clock.ts';
import type { Ledger } from './ledger.ts';
import type { Randomness } from './randomness.ts';
import type { Subscribers } from './subscribers.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { Telemetry } from './telemetry.ts';
import type { WorkQueue } from './work-queue.ts';

/** What the use cases reach the world through. */
export type Ports = {
  ledger: Ledger;
  queue: WorkQueue;
  subscriptions: Subscriptions;
  subscribers: Subscribers;
  /** The batch jobs of a configured environment. */
  batchJobs: (environment: string) => BatchJobs;
  clock: Clock;
  randomness: Randomness;
  telemetry: Telemetry;
  /** Aborts when the process stops and may not wait for F&O any longer. */
  forcefulStop: AbortSignal;
};
