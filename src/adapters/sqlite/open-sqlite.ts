import type { Clock } from '../../ports/clock.ts';
import type { Store } from '../../ports/store.ts';
import { SqliteLedger } from './sqlite-ledger.ts';
import { SqliteStore } from './sqlite-store.ts';
import { SqliteWorkQueue } from './sqlite-work-queue.ts';

/** The ledger and the work queue in one SQLite file. */
export function openSqlite(file: string, clock: Clock): Store {
  const store = new SqliteStore(file);
  return {
    ledger: new SqliteLedger(store),
    queue: new SqliteWorkQueue(store, clock),
    close: () => store.close(),
  };
}
