import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreUnavailable } from '../../ports/ledger.ts';
import { OtherVersion, otherVersionAdvice } from '../../ports/other-version.ts';

/** How long a call waits, in ms, for another process that is writing. The webhook's answer waits as long. */
export const busyTimeoutMs = 500;

/** Which layout of the tables this program reads and writes, kept in the file's `user_version`. */
const layout = 3;

const tables = `
  CREATE TABLE batch_job (
    environment TEXT NOT NULL,
    job_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (environment, job_id)
  ) STRICT, WITHOUT ROWID;
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
 * Opens the store's file, and makes it and its folder if they are not there.
 * WAL with full synchronisation: what a commit answered outlives the process and the machine's power.
 */
export function openDatabase(file: string): DatabaseSync {
  try {
    if (file !== ':memory:') mkdirSync(dirname(resolve(file)), { recursive: true });
    const database = new DatabaseSync(file, { timeout: busyTimeoutMs });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    prepareTables(database, file);
    return database;
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreUnavailable(`The SQLite store "${file}" cannot be opened: ${reason}.`, { cause: error });
  }
}

/** Of several processes that open a new file at once, one makes the tables. */
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
