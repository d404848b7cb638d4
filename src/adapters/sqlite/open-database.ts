import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreUnavailable } from '../../ports/ledger.ts';
import { OtherVersion, otherVersionAdvice } from '../../ports/other-version.ts';

/** How long a call waits for another process that is writing, in ms. The webhook's answer waits as long. */
export const busyTimeoutMs = 500;

/** The layout of the tables that this program reads and writes. The file's `user_version` holds it. */
const layout = 4;

const tables = `
  CREATE TABLE batch_job (
    environment TEXT NOT NULL,
    job_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (environment, job_id)
  ) STRICT; -- with a rowid: without one, a record of a kilobyte would take a page of its own
  CREATE TABLE environment (name TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE event (
    environment TEXT NOT NULL,
    job_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (environment, job_id, event_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE history (
    position INTEGER PRIMARY KEY,
    environment TEXT NOT NULL,
    job_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    entry TEXT NOT NULL
  ) STRICT;
  CREATE INDEX history_of_job ON history (environment, job_id, position);
  CREATE TABLE run (
    environment TEXT NOT NULL,
    job_id TEXT NOT NULL,
    ended_at INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (environment, job_id, ended_at)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX run_by_end ON run (environment, ended_at, job_id);
  CREATE TABLE watch (environment TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE cause (
    environment TEXT NOT NULL,
    job_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    failed_at INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (environment, job_id, event_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX cause_by_time ON cause (environment, failed_at);
  CREATE TABLE work (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    visible_at INTEGER NOT NULL,
    visible_uptime INTEGER NOT NULL, -- of the machine, in ms
    deliveries INTEGER NOT NULL DEFAULT 0,
    message TEXT NOT NULL
  ) STRICT;
  CREATE INDEX work_visible ON work (visible_at);
  CREATE TABLE dead_letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    message TEXT,
    raw TEXT
  ) STRICT;
  CREATE TABLE subscription (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${layout};
`;

/**
 * Opens the store's file, and creates it and its folder if they do not exist. WAL with full synchronisation: a
 * confirmed commit survives the end of the process and a power failure.
 */
export function openDatabase(file: string): DatabaseSync {
  try {
    if (file !== ':memory:') createFolder(dirname(resolve(file)));
    const database = new DatabaseSync(file, { timeout: busyTimeoutMs });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    prepareTables(database, file);
    return database;
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const advice = 'STORE must name a file in a folder where the service may write.';
    throw new StoreUnavailable(`The SQLite store "${file}" cannot be opened: ${reason}. ${advice}`, {
      cause: error,
    });
  }
}

/**
 * Creates the folder and those above it, one by one: where the file system refuses a folder with ENOENT, as /proc does,
 * `mkdirSync` with `recursive` never returns (Node.js 20 to 24).
 */
function createFolder(folder: string): void {
  if (existsSync(folder)) return;
  createFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have created it.
    if (!existsSync(folder)) throw error;
  }
}

/** If several processes open a new file at once, one of them creates the tables. */
function prepareTables(database: DatabaseSync, file: string): void {
  database.exec('BEGIN IMMEDIATE');
  const found = database.prepare('PRAGMA user_version').get()?.['user_version'];
  if (found === 0) database.exec(tables);
  database.exec('COMMIT');
  if (found !== 0 && found !== layout) {
    database.close();
    const advice = otherVersionAdvice(Number(found) > layout);
    throw new OtherVersion(
      `The SQLite store "${file}" has layout ${String(found)}, and this program reads layout ${layout}. ${advice}`,
    );
  }
}
