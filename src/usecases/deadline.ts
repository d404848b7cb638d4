import type { Clock } from '../ports/clock.ts';

/** By when an answer is due. The last part of the time is kept for recording what was found out. */
export class Deadline {
  readonly #clock: Clock;
  readonly #stopAskingAt: number;

  constructor(clock: Clock, budgetMs: number) {
    this.#clock = clock;
    this.#stopAskingAt = clock.now().getTime() + budgetMs * 0.7;
  }

  /** Whether there is time for F&O to answer something. */
  allowsAsking(): boolean {
    return this.#remainingMs() >= 300;
  }

  /** Asks with a signal that aborts when the time for asking is over. */
  async ask<Answer>(question: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const tooLate = new AbortController();
    const answered = new AbortController();
    const alarm = this.#clock.sleep(Math.max(this.#remainingMs(), 0), answered.signal).then(
      () => tooLate.abort(new DOMException('no answer in time', 'TimeoutError')),
      () => undefined,
    );
    try {
      return await question(tooLate.signal);
    } finally {
      answered.abort();
      await alarm;
    }
  }

  #remainingMs(): number {
    return this.#stopAskingAt - this.#clock.now().getTime();
  }
}
