import type { Clock } from '../../src/ports/clock.ts';

type Sleeper = { wakeAt: number; wake: () => void };

/** A clock that stands still until a test advances it. */
export class ManualClock implements Clock {
  /** When the machine was started, in ms. */
  readonly #startedAt: number;
  #now: number;
  readonly #sleepers = new Set<Sleeper>();

  /** Another process of the machine has a clock with the same `uptimeMs`. */
  constructor(start = new Date('2026-03-02T01:00:00Z'), uptimeMs = 0) {
    this.#now = start.getTime();
    this.#startedAt = this.#now - uptimeMs;
  }

  now(): Date {
    return new Date(this.#now);
  }

  uptimeMs(): number {
    return this.#now - this.#startedAt;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(reasonOf(signal));
        return;
      }
      const sleeper: Sleeper = { wakeAt: this.#now + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener(
        'abort',
        () => {
          this.#sleepers.delete(sleeper);
          reject(reasonOf(signal));
        },
        { once: true },
      );
    });
  }

  alarm(ms: number, act: () => void): () => void {
    const sleeper: Sleeper = { wakeAt: this.#now + ms, wake: act };
    this.#sleepers.add(sleeper);
    return () => this.#sleepers.delete(sleeper);
  }

  /** How many are asleep: lets a test wait until the code under test has gone to sleep. */
  get asleep(): number {
    return this.#sleepers.size;
  }

  /** Moves the time on, waking sleepers in the order in which they are due. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.#sleepers].toSorted((a, b) => a.wakeAt - b.wakeAt)[0];
      if (!next || next.wakeAt > end) break;
      this.#now = Math.max(this.#now, next.wakeAt);
      this.#sleepers.delete(next);
      next.wake();
      await new Promise(setImmediate);
    }
    this.#now = end;
  }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted');
}
