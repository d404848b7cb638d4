import type { Clock } from '../../ports/clock.ts';
import type { Store } from '../../ports/store.ts';
import { SqliteCauses } from './sqlite-causes.ts';
import { SqliteLedger } from './sqlite-ledger.ts';
import { SqliteRuns } from './sqlite-runs.ts';
import { SqliteStore } from './sqlite-store.ts';
import { SqliteSubscriptions } from './sqlite-subscriptions.ts';
import { SqliteWorkQueue } from './sqlite-work-queue.ts';

/** Keeps everything durable in one SQLite file. `warn` logs what a person should know of it. */
export function openSqlite(
  file: string,
  clock: Clock,
  warn: (message: string) => void = () => undefined,
): Store {
  const store = new SqliteStore(file, warn);
  return {
    ledger: new SqliteLedger(store),
    queue: new SqliteWorkQueue(store, clock),
    subscriptions: new SqliteSubscriptions(store),
    runs: new SqliteRuns(store),
    causes: new SqliteCauses(store),
    close: () => store.close(),
  };
}
