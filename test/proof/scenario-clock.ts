import type { Clock } from '../../src/ports/clock.ts';

type Sleeper = { wakeAt: number; wake: () => void };

/** Real time, which only goes on, and wakes who sleeps. Each machine shows it with an error of its own. */
export class Time {
  elapsedMs = 0;
  readonly #sleepers = new Set<Sleeper>();

  pass(ms: number): void {
    this.elapsedMs += ms;
    const due = [...this.#sleepers].filter(({ wakeAt }) => wakeAt <= this.elapsedMs);
    for (const sleeper of due) {
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { wakeAt: this.elapsedMs + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener(
        'abort',
        () => {
          this.#sleepers.delete(sleeper);
          reject(new Error('woken'));
        },
        { once: true },
      );
    });
  }

  alarm(ms: number, act: () => void): () => void {
    const sleeper = { wakeAt: this.elapsedMs + ms, wake: act };
    this.#sleepers.add(sleeper);
    return () => this.#sleepers.delete(sleeper);
  }
}

/** What one machine takes for the time. Setting its clock wakes nobody, as sleeping goes by real time. */
export class MachineClock implements Clock {
  readonly #time: Time;
  offsetMs: number;

  constructor(time: Time, offsetMs: number) {
    this.#time = time;
    this.offsetMs = offsetMs;
  }

  now(): Date {
    return new Date(Date.UTC(2026, 2, 2, 1) + this.#time.elapsedMs + this.offsetMs);
  }

  uptimeMs(): number {
    return this.#time.elapsedMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#time.sleep(ms, signal);
  }

  alarm(ms: number, act: () => void): () => void {
    return this.#time.alarm(ms, act);
  }
}
