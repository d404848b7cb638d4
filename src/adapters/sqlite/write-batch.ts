/** A write that waits for its commit. */
export type PendingWrite = {
  /**
   * Writes within the transaction that is open. It may run again after a rollback. What it returns settles the write:
   * call that once the commit is on the disk.
   */
  run: () => () => void;
  reject: (error: unknown) => void;
};

/** How many writes share one commit at most: they hold the file, and so other processes, for some milliseconds. */
const maxWrites = 256;

/** Collects the writes that are asked for in one turn of the event loop: they share one commit, and so one fsync. */
export class WriteBatch {
  readonly #commit: (writes: readonly PendingWrite[]) => void;
  #pending: PendingWrite[] = [];
  #next: NodeJS.Immediate | null = null;

  /** `commit` settles or rejects each write. */
  constructor(commit: (writes: readonly PendingWrite[]) => void) {
    this.#commit = commit;
  }

  /** Resolves to what `work` returned once the commit that holds it is on the disk. */
  add<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const run = () => {
        const result = work();
        return () => resolve(result);
      };
      this.#pending.push({ run, reject });
      this.#next ??= setImmediate(() => this.#commitNext());
    });
  }

  /** Commits what is pending now. */
  flush(): void {
    while (this.#pending.length > 0) this.#commitNext();
  }

  #commitNext(): void {
    if (this.#next) clearImmediate(this.#next);
    const writes = this.#pending.splice(0, maxWrites);
    this.#next = this.#pending.length > 0 ? setImmediate(() => this.#commitNext()) : null;
    this.#commit(writes);
  }
}
