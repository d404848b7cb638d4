import type { Clock } from '../../ports/clock.ts';
import {
  hiddenMs,
  parseWork,
  type ReceivedWork,
  serializeWork,
  type SetAsideWork,
  type Work,
  type WorkQueue,
} from '../../ports/work-queue.ts';
import type { SqliteStore } from './sqlite-store.ts';

/** The work queue in SQLite. A receipt is the item and the try it was handed out for, so that an old one is void. */
export class SqliteWorkQueue implements WorkQueue {
  readonly #store: SqliteStore;
  readonly #clock: Clock;

  constructor(store: SqliteStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  put(work: Work): Promise<void> {
    const { environment, jobId, dueAt } = work;
    return this.#store.attempt(() => {
      this.#store
        .sql(
          'INSERT INTO work (environment, job_id, due_at, visible_at, message) VALUES (?1, ?2, ?3, ?3, ?4)',
        )
        .run(environment, jobId, dueAt.getTime(), JSON.stringify(serializeWork(work)));
    });
  }

  receive(limit: number): Promise<ReceivedWork[]> {
    const now = this.#clock.now().getTime();
    return this.#store.attempt(() =>
      this.#store
        .sql(
          `UPDATE work SET visible_at = ?, tries = tries + 1 WHERE id IN
             (SELECT id FROM work WHERE visible_at <= ? AND set_aside_at IS NULL ORDER BY visible_at LIMIT ?)
           RETURNING id, environment, job_id, due_at, tries, message`,
        )
        .all(now + hiddenMs, now, limit)
        .map((row) => ({
          work: toWork(row),
          tries: Number(row['tries']),
          receipt: `${String(row['id'])}:${String(row['tries'])}`,
        })),
    );
  }

  complete({ receipt }: ReceivedWork): Promise<void> {
    return this.#store.attempt(() => {
      this.#store.sql('DELETE FROM work WHERE id = ? AND tries = ?').run(...idAndTries(receipt));
    });
  }

  setAside({ receipt }: ReceivedWork, reason: string): Promise<void> {
    return this.#store.attempt(() => {
      this.#store
        .sql('UPDATE work SET set_aside_at = ?, reason = ? WHERE id = ? AND tries = ?')
        .run(this.#clock.now().getTime(), reason, ...idAndTries(receipt));
    });
  }

  listSetAside(limit: number): Promise<SetAsideWork[]> {
    return this.#store.attempt(() =>
      this.#store
        .sql('SELECT * FROM work WHERE set_aside_at IS NOT NULL ORDER BY set_aside_at DESC LIMIT ?')
        .all(limit)
        .map((row) => ({
          work: toWork(row),
          reason: String(row['reason']),
          at: new Date(Number(row['set_aside_at'])),
        })),
    );
  }
}

/** Rows from before there were messages are jobs to be taken up. */
function toWork(row: Record<string, unknown>): Work {
  const { environment, job_id: jobId, due_at: dueAt, message } = row;
  const kept: unknown =
    typeof message === 'string'
      ? JSON.parse(message)
      : { environment, jobId, dueAt: new Date(Number(dueAt)).toISOString() };
  const work = parseWork(kept);
  if (work === null) throw new Error('The work queue holds what is no work.');
  return work;
}

function idAndTries(receipt: string): [id: number, tries: number] {
  const [id, tries] = receipt.split(':');
  return [Number(id), Number(tries)];
}
