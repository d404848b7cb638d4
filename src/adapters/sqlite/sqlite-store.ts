import { statSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { StoreUnavailable } from '../../ports/ledger.ts';
import { OtherVersion } from '../../ports/other-version.ts';
import { busyTimeoutMs, openDatabase } from './open-database.ts';
import { type PendingWrite, WriteBatch } from './write-batch.ts';

/** SQLite's result codes for a store that cannot be used now: https://www.sqlite.org/rescode.html */
const unavailable = new Set([5, 6, 7, 8, 10, 11, 13, 14, 15, 26]);

/** SQLITE_BUSY: another process is writing. */
const busy = 5;

/**
 * A call that waits for another process blocks every request of this one. So after one has waited in vain, the
 * others fail fast for this long, in ms.
 */
const failFastMs = 2000;

/**
 * One SQLite file, which any number of processes on one machine may share. The first call opens it; if that fails,
 * the next call tries again.
 */
export class SqliteStore {
  readonly #file: string;
  readonly #warn: (message: string) => void;
  readonly #batch = new WriteBatch((writes) => this.#commit(writes));
  readonly #statements = new Map<string, StatementSync>();
  #opened: DatabaseSync | null = null;
  /** The file system's number for the open file; null for a store in memory. */
  #inode: bigint | null = null;
  /** Whether the file was seen in its place in this turn of the event loop. */
  #hasLooked = false;
  /** The end of failing fast, by this process's uptime in ms; null while calls wait. */
  #failFastUntil: number | null = null;

  /** `warn` logs what a person should know of the file. */
  constructor(file: string, warn: (message: string) => void) {
    this.#file = file;
    this.#warn = warn;
  }

  /** Prepares a statement. Call it only within `read` or `write`. */
  sql(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.#database().prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }

  /** Reads what is committed. node:sqlite is synchronous: the promise that this returns is already settled. */
  read<Result>(work: () => Result): Promise<Result> {
    try {
      return Promise.resolve(this.#attempt(work));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Writes all that `work` writes, or nothing. Writes that are asked for at the same time share one commit; each
   * promise settles after it. `work` may run again, after what it wrote before was rolled back.
   */
  write<Result>(work: () => Result): Promise<Result> {
    return this.#batch.add(work);
  }

  /** Rewrites a number in the file's header that nobody uses. Rejects if a write would fail now. */
  proveWritable(): Promise<void> {
    return this.write(() => {
      this.sql('PRAGMA application_id = 0').run();
    });
  }

  /** Commits what is pending, and closes the file. */
  close(): void {
    this.#batch.flush();
    this.#closeFile();
  }

  /** If one write fails, each is written by itself: none spoils another. */
  #commit(writes: readonly PendingWrite[]): void {
    try {
      const settles = this.#attempt(() => this.#transact(writes));
      for (const settle of settles) settle();
    } catch (error) {
      if (writes.length === 1 || isLost(error)) for (const { reject } of writes) reject(error);
      else for (const write of writes) this.#commit([write]);
    }
  }

  #transact(writes: readonly PendingWrite[]): (() => void)[] {
    const database = this.#database();
    this.sql('BEGIN IMMEDIATE').run();
    try {
      const settles = writes.map(({ run }) => run());
      this.sql('COMMIT').run();
      return settles;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  #attempt<Result>(work: () => Result): Result {
    try {
      this.#waitAgain();
      this.#requireFile();
      return work();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      if (codeOf(error) === busy) this.#failFast();
      throw new StoreUnavailable(error.message, { cause: error });
    }
  }

  #closeFile(): void {
    this.#opened?.close();
    this.#opened = null;
    this.#statements.clear();
  }

  #failFast(): void {
    this.#failFastUntil = performance.now() + failFastMs;
    this.#opened?.exec('PRAGMA busy_timeout = 0');
  }

  #waitAgain(): void {
    if (this.#failFastUntil === null || performance.now() < this.#failFastUntil) return;
    this.#failFastUntil = null;
    this.#opened?.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  }

  #database(): DatabaseSync {
    if (this.#opened) return this.#opened;
    this.#opened = openDatabase(this.#file);
    this.#inode = inodeOf(this.#file);
    return this.#opened;
  }

  /** If somebody deletes the open file, everything written to it is lost when the process ends. Looks once a turn. */
  #requireFile(): void {
    if (!this.#opened || this.#inode === null || this.#hasLooked) return;
    const inode = inodeOf(this.#file);
    if (inode === this.#inode) {
      this.#hasLooked = true;
      setImmediate(() => (this.#hasLooked = false));
      return;
    }
    if (inode === null) {
      throw new StoreUnavailable(
        `The SQLite store "${this.#file}" was deleted while the service ran. Put it back, or restart the service to begin with an empty store.`,
      );
    }
    this.#warn(
      `The SQLite store "${this.#file}" was replaced while the service ran: the service goes on with the new file.`,
    );
    this.#closeFile();
  }
}

function inodeOf(file: string): bigint | null {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
}

/** Whether no write can succeed now. A record of another version stops only the write that meets it. */
function isLost(error: unknown): boolean {
  return error instanceof StoreUnavailable && !(error instanceof OtherVersion);
}

function isUnavailable(error: unknown): error is Error {
  const code = codeOf(error);
  return code !== null && unavailable.has(code);
}

function codeOf(error: unknown): number | null {
  const isCoded = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
  return isCoded ? Number(error.errcode) & 0xff : null;
}
