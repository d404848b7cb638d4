import type { Clock } from '../../ports/clock.ts';
import { readWork, serializeWork, type WorkItem } from '../../ports/work-item.ts';
import {
  type DeadLetter,
  type Receipt,
  type ReceivedWork,
  visibilityTimeoutMs,
  type WorkQueue,
} from '../../ports/work-queue.ts';
import type { SqliteStore } from './sqlite-store.ts';

/**
 * For so long, in ms, a delay also holds by the machine's uptime, so that setting the time of day forward delivers
 * nothing early that is short: the lease of a claim, a notification's next delivery.
 */
const guardedMs = 60_000;

/** An uptime that is further ahead than this, in ms, is of before the machine's restart. */
const restartedMs = 2 * guardedMs;

/**
 * The work queue in SQLite. A receipt is the item and its delivery, so that an old one is void. An item is visible
 * once both clocks say so: the time of day, and the machine's uptime.
 */
export class SqliteWorkQueue implements WorkQueue {
  readonly #store: SqliteStore;
  readonly #clock: Clock;

  constructor(store: SqliteStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  enqueue(item: WorkItem, { delayMs }: { delayMs?: number } = {}): Promise<void> {
    const after = this.#after(delayMs ?? item.dueAt.getTime() - this.#clock.now().getTime());
    return this.#store.attempt(() => {
      this.#store
        .sql('INSERT INTO work (visible_at, visible_uptime, message) VALUES (?, ?, ?)')
        .run(after.at, after.uptime, serializeWork(item));
    });
  }

  receive(limit: number): Promise<ReceivedWork[]> {
    const [now, uptime] = [this.#clock.now().getTime(), this.#clock.uptimeMs()];
    const next = this.#after(visibilityTimeoutMs);
    return this.#store.attempt(() =>
      this.#store
        .sql(
          `UPDATE work SET visible_at = ?, visible_uptime = ?, deliveries = deliveries + 1 WHERE id IN
             (SELECT id FROM work WHERE visible_at <= ? AND (visible_uptime <= ? OR visible_uptime > ?)
              ORDER BY visible_at LIMIT ?)
           RETURNING id, deliveries, message`,
        )
        .all(next.at, next.uptime, now, uptime, uptime + restartedMs, limit)
        .map(({ id, deliveries, message }) => ({
          item: readWork(String(message)),
          deliveryCount: Number(deliveries),
          receipt: `${String(id)}:${String(deliveries)}`,
        })),
    );
  }

  complete({ receipt }: Receipt): Promise<void> {
    return this.#store.attempt(() => {
      this.#store.sql('DELETE FROM work WHERE id = ? AND deliveries = ?').run(...parseReceipt(receipt));
    });
  }

  postpone({ receipt }: Receipt, delayMs: number, item?: WorkItem): Promise<void> {
    const after = this.#after(delayMs);
    return this.#store.attempt(() => {
      this.#store
        .sql(
          `UPDATE work SET visible_at = ?, visible_uptime = ?, message = coalesce(?, message)
           WHERE id = ? AND deliveries = ?`,
        )
        .run(after.at, after.uptime, item ? serializeWork(item) : null, ...parseReceipt(receipt));
    });
  }

  deadLetter(item: WorkItem | null, raw: string | null, reason: string): Promise<void> {
    const message = item ? serializeWork(item) : null;
    return this.#store.attempt(() => {
      this.#store
        .sql('INSERT INTO dead_letter (at, reason, message, raw) VALUES (?, ?, ?, ?)')
        .run(this.#clock.now().getTime(), reason, message, raw);
    });
  }

  listDeadLetters(limit: number): Promise<DeadLetter[]> {
    return this.#store.attempt(() =>
      this.#store
        .sql('SELECT * FROM dead_letter ORDER BY id DESC LIMIT ?')
        .all(limit)
        .map(({ id, at, reason, message, raw }) => {
          const read = typeof message === 'string' ? readWork(message) : null;
          return {
            id: String(id),
            ...(read?.kind === 'unreadable'
              ? { item: null, raw: read.raw }
              : { item: read, raw: textOf(raw) }),
            reason: String(reason),
            at: new Date(Number(at)),
          };
        }),
    );
  }

  /** When what is delayed by `delayMs` is visible, by both clocks. */
  #after(delayMs: number): { at: number; uptime: number } {
    const waitMs = Math.max(0, Math.ceil(delayMs));
    return {
      at: this.#clock.now().getTime() + waitMs,
      uptime: Math.ceil(this.#clock.uptimeMs()) + Math.min(waitMs, guardedMs),
    };
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function parseReceipt(receipt: string): [id: number, deliveries: number] {
  const [id, deliveries] = receipt.split(':');
  return [Number(id), Number(deliveries)];
}
