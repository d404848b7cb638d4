import type { Clock } from '../ports/clock.ts';

/**
 * The part of the time for an answer in which F&O may be asked. In the rest there is time to write twice to a
 * store that answers as late as it may: the claim, and what became of its request.
 */
const askingPart = 0.55;

/** The part in which a failure may still be put into the work queue: one call of the store fits into the rest. */
const keepingPart = 0.75;

/** F&O is not asked if there is less time left for its answer, in ms. */
const leastMs = 300;

/** By when an answer is due. */
export class Deadline {
  readonly #clock: Clock;
  readonly #stopAskingAt: number;
  readonly #stopKeepingAt: number;
  readonly #hurry: AbortSignal;

  constructor(clock: Clock, budgetMs: number, hurry: AbortSignal) {
    this.#clock = clock;
    this.#hurry = hurry;
    const startedAt = clock.now().getTime();
    this.#stopAskingAt = startedAt + budgetMs * askingPart;
    this.#stopKeepingAt = startedAt + budgetMs * keepingPart;
  }

  /** Whether there is time for F&O to answer something. */
  allowsAsking(): boolean {
    return !this.#hurry.aborted && this.#remainingMs() > leastMs;
  }

  /** Whether there is time to keep what came for later. */
  allowsKeeping(): boolean {
    return this.#clock.now().getTime() < this.#stopKeepingAt;
  }

  /** Asks with a signal that aborts when the time for asking is over. */
  ask<Answer>(question: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    return askWithin(this.#clock, this.#remainingMs(), this.#hurry, question);
  }

  #remainingMs(): number {
    return this.#stopAskingAt - this.#clock.now().getTime();
  }
}

/** Asks with a signal that aborts after `ms`, or when the process stops. */
export async function askWithin<Answer>(
  clock: Clock,
  ms: number,
  hurry: AbortSignal,
  question: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const tooLate = new AbortController();
  const answered = new AbortController();
  const alarm = clock.sleep(Math.max(ms, 0), answered.signal).then(
    () => tooLate.abort(new DOMException('no answer in time', 'TimeoutError')),
    () => undefined,
  );
  try {
    return await question(AbortSignal.any([tooLate.signal, hurry]));
  } finally {
    answered.abort();
    await alarm;
  }
}
