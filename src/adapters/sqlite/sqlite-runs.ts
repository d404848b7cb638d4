import type { SQLOutputValue } from 'node:sqlite';
import type { Run } from '../../domain/watch/run.ts';
import type { WatchState } from '../../domain/watch/watch-state.ts';
import type { BatchJobKey } from '../../ports/ledger.ts';
import type { Runs, Span, StoredRun, WatchChange } from '../../ports/runs.ts';
import { decodeRun, decodeWatch, encodeRecord } from '../shared/record-codec.ts';
import type { SqliteStore } from './sqlite-store.ts';

const dayMs = 86_400_000;

export class SqliteRuns implements Runs {
  readonly #store: SqliteStore;

  constructor(store: SqliteStore) {
    this.#store = store;
  }

  put(run: Run): Promise<void> {
    return this.#store.write(() => {
      this.#store
        .sql('INSERT OR REPLACE INTO run (environment, job_id, ended_at, record) VALUES (?, ?, ?, ?)')
        .run(run.environment, run.jobId, run.endedAt.getTime(), encodeRecord(run));
    });
  }

  ofJob({ environment, jobId }: BatchJobKey, before: string | null, limit: number): Promise<StoredRun[]> {
    return this.#store.read(() =>
      this.#store
        .sql(
          `SELECT ended_at AS position, record FROM run WHERE environment = ? AND job_id = ? AND ended_at < ?
           ORDER BY ended_at DESC LIMIT ?`,
        )
        .all(environment, jobId, Number(before ?? Number.MAX_SAFE_INTEGER), limit)
        .map(toRun),
    );
  }

  /** A position is the end and the job's id: several runs may end at one time. */
  between(
    environment: string,
    { from, to }: Span,
    after: string | null,
    limit: number,
  ): Promise<StoredRun[]> {
    const [endedAt, jobId] = after?.split('~') ?? [];
    return this.#store.read(() =>
      this.#store
        .sql(
          `SELECT ended_at || '~' || job_id AS position, record FROM run
           WHERE environment = ? AND ended_at >= ? AND ended_at < ? AND (ended_at, job_id) > (?, ?)
           ORDER BY ended_at, job_id LIMIT ?`,
        )
        .all(environment, from.getTime(), to.getTime(), Number(endedAt ?? -1), jobId ?? '', limit)
        .map(toRun),
    );
  }

  prune(environment: string, instant: Date): Promise<number> {
    return this.#store.write(() => {
      const { changes } = this.#store
        .sql('DELETE FROM run WHERE environment = ? AND ended_at < ?')
        .run(environment, instant.getTime() - (instant.getTime() % dayMs));
      return Number(changes);
    });
  }

  readWatch(environment: string): Promise<WatchState | null> {
    return this.#store.read(() => {
      const row = this.#store.sql('SELECT record FROM watch WHERE environment = ?').get(environment);
      return row ? decodeWatch(String(row['record']), environment) : null;
    });
  }

  updateWatch<Result>(environment: string, change: WatchChange<Result>): Promise<Result | null> {
    return this.#store.write(() => {
      const row = this.#store.sql('SELECT record FROM watch WHERE environment = ?').get(environment);
      const before = row ? String(row['record']) : null;
      const { state, result } = change(before === null ? null : decodeWatch(before, environment));
      const record = encodeRecord(state);
      if (record !== before) {
        this.#store
          .sql('INSERT OR REPLACE INTO watch (environment, record) VALUES (?, ?)')
          .run(environment, record);
      }
      return result;
    });
  }
}

function toRun(row: Record<string, SQLOutputValue>): StoredRun {
  return { ...decodeRun(String(row['record'])), position: String(row['position']) };
}
