import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type BatchJob, dueAt } from '../../policy/batch-job.ts';
import { parseJobId } from '../../policy/job-id.ts';
import {
  type BatchJobKey,
  type HistoryEntry,
  type Ledger,
  type LedgerChange,
  type LedgerPage,
  LedgerUnavailable,
  type Version,
  type WriteResult,
} from '../../ports/ledger.ts';
import { openDatabase } from './open-database.ts';
import { decodeHistoryEntry, decodeJob, encodeRecord } from '../record-codec.ts';

/** SQLite's result codes for a store that cannot be used now: https://www.sqlite.org/rescode.html */
const unavailable = new Set([5, 6, 7, 8, 10, 11, 13, 14, 15, 26]);

/**
 * The ledger in one SQLite file, which any number of processes on one machine may share.
 * The file is opened by the first call, and again by the next if that fails.
 */
export class SqliteLedger implements Ledger {
  readonly #file: string;
  readonly #statements = new Map<string, StatementSync>();
  #opened: DatabaseSync | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  read({ environment, jobId }: BatchJobKey, eventId: string | null): Promise<LedgerPage> {
    return this.#attempt(() => {
      const row = this.#sql('SELECT version, record FROM batch_job WHERE environment = ? AND job_id = ?').get(
        environment,
        jobId,
      );
      if (!row) return { job: null, version: null, seen: false };
      const seen =
        eventId !== null &&
        this.#sql('SELECT 1 FROM event WHERE environment = ? AND job_id = ? AND event_id = ?').get(
          environment,
          jobId,
          eventId,
        ) !== undefined;
      return { job: decodeJob(String(row['record'])), version: String(row['version']), seen };
    });
  }

  write(key: BatchJobKey, version: Version, change: LedgerChange): Promise<WriteResult> {
    return this.#attempt(() => {
      const database = this.#database();
      database.exec('BEGIN IMMEDIATE');
      try {
        const written = this.#writeJob(key, version, change.job);
        if (written) this.#writeEventsAndHistory(key, change);
        database.exec('COMMIT');
        return written
          ? { kind: 'written', version: String(Number(version ?? 0) + 1) }
          : { kind: 'conflict' };
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  due(environments: readonly string[], now: Date, limit: number): Promise<BatchJobKey[]> {
    return this.#attempt(() =>
      this.#sql(
        `SELECT environment, job_id FROM batch_job
         WHERE due_at <= ? AND environment IN (SELECT value FROM json_each(?)) ORDER BY due_at LIMIT ?`,
      )
        .all(now.getTime(), JSON.stringify(environments), limit)
        .flatMap((row) => {
          const jobId = parseJobId(String(row['job_id']));
          return jobId === null ? [] : [{ environment: String(row['environment']), jobId }];
        }),
    );
  }

  list(after: BatchJobKey | null, limit: number, environment: string | null): Promise<BatchJob[]> {
    return this.#attempt(() =>
      this.#sql(
        `SELECT record FROM batch_job WHERE (environment, job_id) > (?, ?) AND environment = coalesce(?, environment)
         ORDER BY environment, job_id LIMIT ?`,
      )
        .all(after?.environment ?? '', after?.jobId ?? '', environment, limit)
        .map((row) => decodeJob(String(row['record']))),
    );
  }

  history(key: BatchJobKey, before: number | null, limit: number): Promise<HistoryEntry[]> {
    return this.#attempt(() =>
      this.#sql(
        `SELECT position, entry FROM history WHERE environment = ? AND job_id = ? AND position < ?
         ORDER BY position DESC LIMIT ?`,
      )
        .all(key.environment, key.jobId, before ?? Number.MAX_SAFE_INTEGER, limit)
        .map((row) => ({
          ...decodeHistoryEntry(String(row['entry'])),
          position: Number(row['position']),
        })),
    );
  }

  close(): void {
    this.#opened?.close();
    this.#opened = null;
    this.#statements.clear();
  }

  #writeJob({ environment, jobId }: BatchJobKey, version: Version, job: BatchJob): boolean {
    const due = dueAt(job)?.getTime() ?? null;
    const record = encodeRecord(job);
    const { changes } =
      version === null
        ? this.#sql(
            `INSERT INTO batch_job (environment, job_id, version, due_at, record) VALUES (?, ?, 1, ?, ?)
             ON CONFLICT DO NOTHING`,
          ).run(environment, jobId, due, record)
        : this.#sql(
            `UPDATE batch_job SET version = version + 1, due_at = ?, record = ?
             WHERE environment = ? AND job_id = ? AND version = ?`,
          ).run(due, record, environment, jobId, version);
    return changes === 1;
  }

  #writeEventsAndHistory({ environment, jobId }: BatchJobKey, change: LedgerChange): void {
    for (const eventId of change.eventIds) {
      this.#sql('INSERT OR IGNORE INTO event (environment, job_id, event_id) VALUES (?, ?, ?)').run(
        environment,
        jobId,
        eventId,
      );
    }
    for (const entry of change.history) {
      this.#sql('INSERT INTO history (environment, job_id, entry) VALUES (?, ?, ?)').run(
        environment,
        jobId,
        encodeRecord(entry),
      );
    }
  }

  #database(): DatabaseSync {
    return (this.#opened ??= openDatabase(this.#file));
  }

  #sql(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.#database().prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }

  /** node:sqlite is synchronous: the promise is for the port, and settled when it is returned. */
  #attempt<Result>(work: () => Result): Promise<Result> {
    try {
      return Promise.resolve(work());
    } catch (error) {
      return Promise.reject(
        isUnavailable(error) ? new LedgerUnavailable(error.message, { cause: error }) : error,
      );
    }
  }
}

function isUnavailable(error: unknown): error is Error & { errcode: number } {
  if (!(error instanceof Error)) return false;
  return 'errcode' in error && typeof error.errcode === 'number' && unavailable.has(error.errcode & 0xff);
}
