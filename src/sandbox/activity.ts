/** The work that is running now, so that a test can wait for its end. */
export class Activity {
  readonly #running = new Set<Promise<void>>();

  start(work: () => Promise<void>): void {
    const done = work().finally(() => this.#running.delete(done));
    this.#running.add(done);
  }

  /** Resolves when nothing runs any more, not even work that started meanwhile. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}

/** Whether `sleeping` lasted to its end: false if the signal ended it. */
export async function sleptThrough(sleeping: Promise<void>, signal: AbortSignal): Promise<boolean> {
  try {
    await sleeping;
    return !signal.aborted;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
