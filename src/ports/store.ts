import type { Causes } from './causes.ts';
import type { Ledger } from './ledger.ts';
import type { Runs } from './runs.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { WorkQueue } from './work-queue.ts';

/** Everything durable. */
export type Store = {
  ledger: Ledger;
  queue: WorkQueue;
  subscriptions: Subscriptions;
  runs: Runs;
  causes: Causes;
  close: () => void;
};

/** The store that the settings name. */
export type StoreSetting = { kind: 'sqlite'; file: string } | { kind: 'azure' };
