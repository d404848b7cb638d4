import { statSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { StoreUnavailable } from '../../ports/ledger.ts';
import { busyTimeoutMs, openDatabase } from './open-database.ts';

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
  readonly #statements = new Map<string, StatementSync>();
  #opened: DatabaseSync | null = null;
  /** The file system's number for the open file; null for a store in memory. */
  #inode: bigint | null = null;
  /** The end of failing fast, by this process's uptime in ms; null while calls wait. */
  #failFastUntil: number | null = null;

  /** `warn` logs what a person should know of the file. */
  constructor(file: string, warn: (message: string) => void) {
    this.#file = file;
    this.#warn = warn;
  }

  /** Prepares a statement. Call it only within `attempt` or `transact`. */
  sql(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.#database().prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }

  /** node:sqlite is synchronous, and the ports are not: the promise that this returns is already settled. */
  attempt<Result>(work: () => Result): Promise<Result> {
    try {
      this.#waitAgain();
      this.#requireFile();
      return Promise.resolve(work());
    } catch (error) {
      if (!isUnavailable(error)) return Promise.reject(error);
      if (codeOf(error) === busy) this.#failFast();
      return Promise.reject(new StoreUnavailable(error.message, { cause: error }));
    }
  }

  /** Writes all that `work` writes, or nothing. */
  transact<Result>(work: () => Result): Promise<Result> {
    return this.attempt(() => {
      const database = this.#database();
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  close(): void {
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

  /** If somebody deletes the open file, everything written to it is lost when the process ends. */
  #requireFile(): void {
    if (!this.#opened || this.#inode === null) return;
    const inode = inodeOf(this.#file);
    if (inode === this.#inode) return;
    if (inode === null) {
      throw new StoreUnavailable(
        `The SQLite store "${this.#file}" was deleted while the service ran. Put it back, or restart the service to begin with an empty store.`,
      );
    }
    this.#warn(
      `The SQLite store "${this.#file}" was replaced while the service ran: the service goes on with the new file.`,
    );
    this.close();
  }
}

function inodeOf(file: string): bigint | null {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
}

function isUnavailable(error: unknown): error is Error {
  const code = codeOf(error);
  return code !== null && unavailable.has(code);
}

function codeOf(error: unknown): number | null {
  const isCoded = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
  return isCoded ? Number(error.errcode) & 0xff : null;
}
