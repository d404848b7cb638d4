/** Lets so many act at the same time. The others wait, in their order. */
export class Slots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /** Takes a slot; false if `signal` aborts before one is free. Who takes one gives it back. */
  async take(signal: AbortSignal): Promise<boolean> {
    if (isOver(signal)) return false;
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
    const isTaken = await taken.promise;
    signal.removeEventListener('abort', giveUp);
    // Its turn and the end of its time may come together.
    if (isTaken && isOver(signal)) this.giveBack();
    return isTaken && !isOver(signal);
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

function isOver({ aborted }: AbortSignal): boolean {
  return aborted;
}
