import type { Clock } from '../../ports/clock.ts';

/**
 * The part of the time for an answer in which the service may call F&O. The rest is long enough to write twice to a
 * store that answers as late as it may: the claim, and the outcome of its request.
 */
const fnoPart = 0.5;

/** The part in which F&O may answer a question that can be asked in another way: the other way needs time, too. */
const briefPart = 0.15;

/**
 * The part in which a failure may wait for others of its job. In the rest the store may still be asked three times, each
 * as late as it may answer.
 */
const turnPart = 0.3;

/** The part in which the service may read and write a job once more after a conflict. */
const storePart = 0.55;

/** The part in which the service may still call the store once: to enqueue a failure, or to read a job. */
const lastCallPart = 0.75;

/** The service does not call F&O with less time than this for its answer, in ms. */
const leastMs = 300;

/** By when an answer is due, on the monotonic clock. */
export class Deadline {
  readonly #clock: Clock;
  readonly #startedAtMs: number;
  readonly #budgetMs: number;
  readonly #forcefulStop: AbortSignal;

  constructor(clock: Clock, budgetMs: number, forcefulStop: AbortSignal) {
    this.#clock = clock;
    this.#startedAtMs = clock.uptimeMs();
    this.#budgetMs = budgetMs;
    this.#forcefulStop = forcefulStop;
  }

  /** Whether there is time for F&O to answer something. */
  canCallFno(): boolean {
    return !this.#forcefulStop.aborted && this.#remainingMs(fnoPart) > leastMs;
  }

  /** Whether there is time to read and write the job once more. */
  canCallStoreTwice(): boolean {
    return this.#remainingMs(storePart) > 0;
  }

  /** Whether the answer is too late in any case. */
  isOver(): boolean {
    return this.#remainingMs(1) <= 0;
  }

  /** Whether there is time to enqueue what arrived, or to read a job. */
  canCallStoreOnce(): boolean {
    return this.#remainingMs(lastCallPart) > 0;
  }

  /** Waits for what others do, but not for long. */
  async waitFor(others: Promise<unknown>): Promise<void> {
    const isOver = Promise.withResolvers<void>();
    const forget = this.#clock.alarm(Math.max(this.#remainingMs(turnPart), 0), isOver.resolve);
    await Promise.race([Promise.allSettled([others]), isOver.promise]);
    forget();
  }

  /** Asks with a signal that aborts when the time for F&O has ended. */
  ask<Answer>(question: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    return askWithin(this.#clock, this.#remainingMs(fnoPart), this.#forcefulStop, question);
  }

  /** Asks as `ask` does, and leaves most of the time for F&O to what follows. */
  askBriefly<Answer>(question: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const ms = Math.min(this.#budgetMs * briefPart, this.#remainingMs(fnoPart));
    return askWithin(this.#clock, ms, this.#forcefulStop, question);
  }

  #remainingMs(part: number): number {
    return this.#startedAtMs + this.#budgetMs * part - this.#clock.uptimeMs();
  }
}

/** Asks with a signal that aborts after `ms`, or when the process stops. */
export async function askWithin<Answer>(
  clock: Clock,
  ms: number,
  forcefulStop: AbortSignal,
  question: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const noLonger = new AbortController();
  const stop = () => noLonger.abort(forcefulStop.reason);
  const forget = clock.alarm(Math.max(ms, 0), () =>
    noLonger.abort(new DOMException('no answer in time', 'TimeoutError')),
  );
  if (forcefulStop.aborted) stop();
  forcefulStop.addEventListener('abort', stop, { once: true });
  try {
    return await question(noLonger.signal);
  } finally {
    forget();
    forcefulStop.removeEventListener('abort', stop);
  }
}
