import type { BatchJobs } from '../ports/batch-jobs.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Observer } from '../ports/observer.ts';
import type { Randomness } from '../ports/randomness.ts';
import type { Subscribers } from '../ports/subscribers.ts';
import type { Subscriptions } from '../ports/subscriptions.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { WorkQueue } from '../ports/work-queue.ts';

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
  observer: Observer;
  /** Aborts when the process stops and may not wait for F&O any longer. */
  forcefulStop: AbortSignal;
};
