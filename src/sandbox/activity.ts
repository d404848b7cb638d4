/** What is going on at the moment, so that a test can wait for it to end. */
export class Activity {
  readonly #running = new Set<Promise<void>>();

  start(work: () => Promise<void>): void {
    const done = work().finally(() => this.#running.delete(done));
    this.#running.add(done);
  }

  /** Resolves when nothing runs, including what was started meanwhile. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}

/** Whether `sleeping` was slept through: false if the signal ended it. */
export async function sleptThrough(sleeping: Promise<void>, signal: AbortSignal): Promise<boolean> {
  try {
    await sleeping;
    return !signal.aborted;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
