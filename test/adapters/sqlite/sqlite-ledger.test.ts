import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/sqlite/open-database.ts';
import { openSqlite } from '../../../src/adapters/sqlite/open-sqlite.ts';
import { systemClock } from '../../../src/adapters/system.ts';
import { newJob } from '../../../src/domain/job/batch-job.ts';
import { StoreUnavailable } from '../../../src/ports/ledger.ts';
import { ledgerContract } from '../../contract/ledger-contract.ts';
import { aChange, aKey, anEntry, aStoredJob } from '../../helpers/stored-records.ts';

const folder = mkdtempSync(join(tmpdir(), 'batch-retry-'));
afterAll(() => rmSync(folder, { recursive: true }));

const open = (file: string) => openSqlite(file, systemClock).ledger;

let stores = 0;
const aFile = () => join(folder, `${++stores}.sqlite`);

ledgerContract('SQLite', () => {
  const file = aFile();
  return Promise.resolve({ open: () => open(file) });
});

test('a file that is no database is a store that cannot be reached', async () => {
  const file = aFile();
  writeFileSync(file, 'This is not a database, and long enough to be seen as none. '.repeat(100));
  await expect(open(file).read(aKey(), null)).rejects.toThrow(StoreUnavailable);
});

test('a file of a newer layout is refused, with both numbers', async () => {
  const file = aFile();
  new DatabaseSync(file).exec('PRAGMA user_version = 99');
  await expect(open(file).read(aKey(), null)).rejects.toThrow(
    /has layout 99, and this program reads layout \d+\. A newer version of the service wrote it: deploy that one again\./,
  );
});

test('a write of which one part fails leaves nothing of it', async () => {
  const ledger = open(aFile());
  const { jobId } = aKey();
  const job = newJob('default', { jobId, description: '', legalEntity: '' });
  const broken = { ...anEntry('E1'), at: new Date(Number.NaN) };
  const change = { at: new Date(), job, eventIds: ['E1'], history: [broken] };
  await expect(ledger.write(aKey(), null, change)).rejects.toThrow(/NOT NULL/);
  expect(await ledger.read(aKey(), 'E1')).toEqual({ job: null, version: null, eventKnown: false });
});

test('what a commit answered is on the disk: each one waits for it, in the write-ahead log', () => {
  using database = openDatabase(aFile());
  expect(database.prepare('PRAGMA synchronous').get(), 'FULL').toEqual({ synchronous: 2 });
  expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
});

test('records of usual length share pages: a page of its own for each would be written with every change', async () => {
  const file = aFile();
  const ledger = open(file);
  for (let number = 1; number <= 100; number++) {
    const key = aKey(String(number));
    await ledger.write(key, null, aChange(aStoredJob(key, 0, 'x'.repeat(700))));
  }
  using database = openDatabase(file);
  expect(Number(database.prepare('PRAGMA page_count').get()?.['page_count'])).toBeLessThan(100);
});

test('a store that was lost is used again once it is there', async () => {
  const file = join(folder, 'later', 'store.sqlite');
  writeFileSync(join(folder, 'later'), 'in the way of the folder');
  const ledger = open(file);
  await expect(ledger.read(aKey(), null)).rejects.toThrow(StoreUnavailable);
  rmSync(join(folder, 'later'));
  expect((await ledger.read(aKey(), null)).job).toBeNull();
});

test.each(['/proc/there/is/no', '/dev/null/is/no'])(
  'a folder that cannot be created is reported at once: %s',
  async (inTheWay) => {
    // In a process of its own, which can be ended if it never answers.
    const script = `
      import { openDatabase } from './src/adapters/sqlite/open-database.ts';
      try { openDatabase('${inTheWay}/store.sqlite'); } catch (error) { console.log(error.name, error.message); }`;
    const options = { timeout: 30_000, encoding: 'utf8', stdio: 'pipe' } as const;
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '-e', script];
    expect(execFileSync(process.execPath, args, options)).toMatch(
      /^StoreUnavailable The SQLite store ".*" cannot be opened: E\w+: .*, mkdir '\/.*'\. STORE must name a file in a folder where the service may write\.\n$/,
    );
  },
);

test('what is read costs the same number of rows however long the history: an index serves every query', () => {
  const file = aFile();
  const ledger = open(file);
  void ledger.read(aKey(), null);
  const database = new DatabaseSync(file);
  const plans = [
    'SELECT version, record FROM batch_job WHERE environment = ? AND job_id = ?',
    'SELECT 1 FROM event WHERE environment = ? AND job_id = ? AND event_id = ?',
    'SELECT position, entry FROM history WHERE environment = ? AND job_id = ? AND position < ? ORDER BY position DESC LIMIT ?',
    'SELECT id FROM work WHERE visible_at <= ? AND (visible_uptime <= ? OR visible_uptime > ?) ORDER BY visible_at LIMIT ?',
  ].map((sql) =>
    database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => String(detail)),
  );
  expect(plans.flat().filter((detail) => !detail.startsWith('SEARCH'))).toEqual([]);
});

test('the proof that the file can be written reaches the disk', async () => {
  const file = aFile();
  const ledger = open(file);
  await ledger.list(null, 1, null);
  const log = () => statSync(`${file}-wal`).size;
  const before = log();
  await ledger.proveWritable();
  expect(log()).toBeGreaterThan(before);
});

test('while another process holds the file, one call waits for it, not each', async () => {
  const file = aFile();
  const ledger = open(file);
  await ledger.list(null, 1, null);
  const other = new DatabaseSync(file);
  other.exec('BEGIN EXCLUSIVE');
  const startedAt = performance.now();
  const writes = await Promise.allSettled(
    Array.from({ length: 20 }, () => ledger.write(aKey(), null, aChange(aStoredJob(aKey())))),
  );
  const tookMs = performance.now() - startedAt;
  expect(writes.map(({ status }) => status)).toEqual(Array(20).fill('rejected'));
  // Each would wait for half a second.
  expect(tookMs).toBeLessThan(5000);
  other.exec('COMMIT');
  other.close();
  expect((await ledger.write(aKey(), null, aChange(aStoredJob(aKey())))).kind).toBe('written');
});
