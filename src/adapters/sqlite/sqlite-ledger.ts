import { parseJobId } from '../../domain/job-id.ts';
import type { BatchJob } from '../../domain/job/batch-job.ts';
import type {
  BatchJobKey,
  EnvironmentChange,
  HistoryEntry,
  Ledger,
  LedgerChange,
  ListedJob,
  JobSnapshot,
  Version,
  WriteResult,
} from '../../ports/ledger.ts';
import {
  decodeEnvironment,
  decodeHistoryEntry,
  decodeJob,
  decodeListedJob,
  encodeRecord,
} from '../shared/record-codec.ts';
import type { SqliteStore } from './sqlite-store.ts';

export class SqliteLedger implements Ledger {
  readonly #store: SqliteStore;

  constructor(store: SqliteStore) {
    this.#store = store;
  }

  read({ environment, jobId }: BatchJobKey, eventId: string | null): Promise<JobSnapshot> {
    return this.#store.read(() => {
      const row = this.#store
        .sql(
          `SELECT version, record,
             EXISTS (SELECT 1 FROM event WHERE environment = ?1 AND job_id = ?2 AND event_id = ?3) AS event_known
           FROM batch_job WHERE environment = ?1 AND job_id = ?2`,
        )
        .get(environment, jobId, eventId);
      if (!row) return { job: null, version: null, eventKnown: false };
      return {
        job: decodeJob(String(row['record'])),
        version: String(row['version']),
        eventKnown: row['event_known'] === 1,
      };
    });
  }

  write(key: BatchJobKey, version: Version, change: LedgerChange): Promise<WriteResult> {
    return this.#store.write(() => {
      if (!this.#writeJob(key, version, change.job)) return { kind: 'conflict' };
      this.#writeEventsAndHistory(key, change);
      return { kind: 'written', version: String(Number(version ?? 0) + 1) };
    });
  }

  list(after: BatchJobKey | null, limit: number, environment: string | null): Promise<ListedJob[]> {
    return this.#store.read(() =>
      this.#store
        .sql(
          `SELECT environment, job_id, record FROM batch_job
           WHERE (environment, job_id) > (?, ?) AND environment = coalesce(?, environment)
           ORDER BY environment, job_id LIMIT ?`,
        )
        .all(after?.environment ?? '', after?.jobId ?? '', environment, limit)
        .flatMap((row): ListedJob[] => {
          const jobId = parseJobId(String(row['job_id']));
          const environment = String(row['environment']);
          return jobId === null ? [] : [decodeListedJob({ environment, jobId }, String(row['record']))];
        }),
    );
  }

  history(key: BatchJobKey, before: string | null, limit: number): Promise<HistoryEntry[]> {
    return this.#store.read(() =>
      this.#store
        .sql(
          `SELECT position, entry FROM history WHERE environment = ? AND job_id = ? AND position < ?
           ORDER BY position DESC LIMIT ?`,
        )
        .all(key.environment, key.jobId, Number(before ?? Number.MAX_SAFE_INTEGER), limit)
        .map((row) => ({
          ...decodeHistoryEntry(String(row['entry'])),
          position: String(row['position']),
        })),
    );
  }

  updateEnvironment<Result>(environment: string, change: EnvironmentChange<Result>): Promise<Result | null> {
    return this.#store.write(() => {
      const row = this.#store.sql('SELECT record FROM environment WHERE name = ?').get(environment);
      const before = row ? String(row['record']) : null;
      const { state, result } = change(before === null ? null : decodeEnvironment(before, environment));
      const record = encodeRecord(state);
      if (record !== before) {
        this.#store
          .sql('INSERT INTO environment (name, record) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET record = ?2')
          .run(environment, record);
      }
      return result;
    });
  }

  prune({ environment, jobId }: BatchJobKey, instant: Date): Promise<number> {
    return this.#store.write(() => {
      const pruned = ['event', 'history'].map((table) =>
        this.#store
          .sql(`DELETE FROM ${table} WHERE environment = ? AND job_id = ? AND at < ?`)
          .run(environment, jobId, instant.getTime()),
      );
      return pruned.reduce((sum, { changes }) => sum + Number(changes), 0);
    });
  }

  proveWritable(): Promise<void> {
    return this.#store.proveWritable();
  }

  #writeJob({ environment, jobId }: BatchJobKey, version: Version, job: BatchJob): boolean {
    const record = encodeRecord(job);
    const { changes } =
      version === null
        ? this.#store
            .sql(
              `INSERT INTO batch_job (environment, job_id, version, record) VALUES (?, ?, 1, ?)
               ON CONFLICT DO NOTHING`,
            )
            .run(environment, jobId, record)
        : this.#store
            .sql(
              `UPDATE batch_job SET version = version + 1, record = ?
               WHERE environment = ? AND job_id = ? AND version = ?`,
            )
            .run(record, environment, jobId, version);
    return changes === 1;
  }

  #writeEventsAndHistory({ environment, jobId }: BatchJobKey, change: LedgerChange): void {
    for (const eventId of change.eventIds) {
      this.#store
        .sql('INSERT OR IGNORE INTO event (environment, job_id, event_id, at) VALUES (?, ?, ?, ?)')
        .run(environment, jobId, eventId, change.at.getTime());
    }
    for (const entry of change.history) {
      this.#store
        .sql('INSERT INTO history (environment, job_id, at, entry) VALUES (?, ?, ?, ?)')
        .run(environment, jobId, entry.at.getTime(), encodeRecord(entry));
    }
  }
}
