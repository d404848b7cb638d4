import type { Cause } from '../../domain/cause/cause.ts';
import type { Causes } from '../../ports/causes.ts';
import type { BatchJobKey } from '../../ports/ledger.ts';
import { decodeCause, encodeRecord } from '../shared/record-codec.ts';
import type { SqliteStore } from './sqlite-store.ts';

export class SqliteCauses implements Causes {
  readonly #store: SqliteStore;

  constructor(store: SqliteStore) {
    this.#store = store;
  }

  put(cause: Cause): Promise<void> {
    return this.#store.write(() => {
      this.#store
        .sql(
          `INSERT OR REPLACE INTO cause (environment, job_id, event_id, failed_at, record) VALUES (?, ?, ?, ?, ?)`,
        )
        .run(cause.environment, cause.jobId, cause.eventId, cause.failedAt.getTime(), encodeRecord(cause));
    });
  }

  get({ environment, jobId }: BatchJobKey, eventId: string): Promise<Cause | null> {
    return this.#store.read(() => {
      const row = this.#store
        .sql('SELECT record FROM cause WHERE environment = ? AND job_id = ? AND event_id = ?')
        .get(environment, jobId, eventId);
      return row ? decodeCause(String(row['record'])) : null;
    });
  }

  since(environment: string, instant: Date, limit: number): Promise<Cause[]> {
    return this.#store.read(() =>
      this.#store
        .sql(
          'SELECT record FROM cause WHERE environment = ? AND failed_at >= ? ORDER BY failed_at DESC, event_id LIMIT ?',
        )
        .all(environment, instant.getTime(), limit)
        .map((row) => decodeCause(String(row['record']))),
    );
  }

  prune(environment: string, instant: Date): Promise<number> {
    return this.#store.write(() => {
      const { changes } = this.#store
        .sql('DELETE FROM cause WHERE environment = ? AND failed_at < ?')
        .run(environment, instant.getTime());
      return Number(changes);
    });
  }
}
