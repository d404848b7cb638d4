import type { Cause } from '../../domain/cause/cause.ts';
import type { CausePlace, Causes } from '../../ports/causes.ts';
import type { BatchJobKey } from '../../ports/ledger.ts';
import { decodeCause, encodeRecord } from '../shared/record-codec.ts';
import type { SqliteStore } from './sqlite-store.ts';

/** How many causes one commit deletes. */
const pruneAtOnce = 500;

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

  /** Several runs may fail at one instant: in the order of the index, which no statement has to sort. */
  since(environment: string, instant: Date, after: CausePlace | null, limit: number): Promise<Cause[]> {
    const { failedAt, jobId, eventId } = after ?? { failedAt: null, jobId: '', eventId: '' };
    return this.#store.read(() =>
      this.#store
        .sql(
          `SELECT record FROM cause
           WHERE environment = ? AND failed_at >= ? AND (failed_at, job_id, event_id) < (?, ?, ?)
           ORDER BY failed_at DESC, job_id DESC, event_id DESC LIMIT ?`,
        )
        .all(
          environment,
          instant.getTime(),
          failedAt?.getTime() ?? Number.MAX_SAFE_INTEGER,
          jobId,
          eventId,
          limit,
        )
        .map((row) => decodeCause(String(row['record']))),
    );
  }

  /** Few at a time: other processes wait for each commit, and not long. */
  async prune(environment: string, instant: Date): Promise<number> {
    for (let pruned = 0; ;) {
      const changes = await this.#store.write(() => {
        const { changes } = this.#store
          .sql(
            `DELETE FROM cause WHERE (environment, job_id, event_id) IN
             (SELECT environment, job_id, event_id FROM cause WHERE environment = ? AND failed_at < ? LIMIT ?)`,
          )
          .run(environment, instant.getTime(), pruneAtOnce);
        return Number(changes);
      });
      pruned += changes;
      if (changes < pruneAtOnce) return pruned;
    }
  }
}
