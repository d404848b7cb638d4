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
 * A delay also holds by the machine's uptime, for at most this long in ms. Setting the time of day forward then
 * delivers no short delay early: a claim's lease, a notification's next delivery.
 */
const guardedMs = 60_000;

/** An uptime that is further ahead than this, in ms, dates from before the machine's restart. */
const restartedMs = 2 * guardedMs;

/**
 * The work queue in SQLite. A receipt names the item and its delivery, so that an old receipt is void. An item is
 * visible once both clocks agree: the time of day and the machine's uptime.
 */
export class SqliteWorkQueue implements WorkQueue {
  readonly #store: SqliteStore;
  readonly #clock: Clock;

  constructor(store: SqliteStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  enqueue(item: WorkItem, { delayMs }: { delayMs?: number } = {}): Promise<void> {
    const visible = this.#visibleAfter(delayMs ?? item.dueAt.getTime() - this.#clock.now().getTime());
    return this.#store.write(() => {
      this.#store
        .sql('INSERT INTO work (visible_at, visible_uptime, message) VALUES (?, ?, ?)')
        .run(visible.at, visible.uptime, serializeWork(item));
    });
  }

  receive(limit: number): Promise<ReceivedWork[]> {
    const [now, uptime] = [this.#clock.now().getTime(), this.#clock.uptimeMs()];
    const next = this.#visibleAfter(visibilityTimeoutMs);
    return this.#store.write(() =>
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
          receipt: `${String(id)}:${String(deliveries)}`,
        })),
    );
  }

  complete({ receipt }: Receipt): Promise<void> {
    return this.#store.write(() => {
      this.#store.sql('DELETE FROM work WHERE id = ? AND deliveries = ?').run(...parseReceipt(receipt));
    });
  }

  postpone({ receipt }: Receipt, delayMs: number, item?: WorkItem): Promise<void> {
    const visible = this.#visibleAfter(delayMs);
    return this.#store.write(() => {
      this.#store
        .sql(
          `UPDATE work SET visible_at = ?, visible_uptime = ?, message = coalesce(?, message)
           WHERE id = ? AND deliveries = ?`,
        )
        .run(visible.at, visible.uptime, item ? serializeWork(item) : null, ...parseReceipt(receipt));
    });
  }

  deadLetter(item: WorkItem | null, raw: string | null, reason: string): Promise<void> {
    const message = item ? serializeWork(item) : null;
    return this.#store.write(() => {
      this.#store
        .sql('INSERT INTO dead_letter (at, reason, message, raw) VALUES (?, ?, ?, ?)')
        .run(this.#clock.now().getTime(), reason, message, raw);
    });
  }

  listDeadLetters(limit: number): Promise<DeadLetter[]> {
    return this.#store.read(() =>
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

  proveWritable(): Promise<void> {
    return this.#store.proveWritable();
  }

  /** When an item delayed by `delayMs` becomes visible, by both clocks. */
  #visibleAfter(delayMs: number): { at: number; uptime: number } {
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
