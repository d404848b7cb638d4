/** Lets so many act at the same time. The others wait, in their order. */
export class Slots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /** Takes a slot; false if `signal` aborts before one is free. Who takes one gives it back. */
  async take(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.#free > 0) {
      this.#free -= 1;
      return true;
    }
    const taken = Promise.withResolvers<boolean>();
    const take = () => taken.resolve(true);
    const giveUp = () => {
      if (this.#waiting.delete(take)) taken.resolve(false);
    };
    this.#waiting.add(take);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await taken.promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Gives a slot to the first that waits. */
  giveBack(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
