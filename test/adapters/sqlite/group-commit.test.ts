import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { openSqlite } from '../../../src/adapters/sqlite/open-sqlite.ts';
import { systemClock } from '../../../src/adapters/system.ts';
import { StoreUnavailable } from '../../../src/ports/ledger.ts';
import { OtherVersion } from '../../../src/ports/other-version.ts';
import { aChange, aKey, anEntry, aStoredJob } from '../../helpers/stored-records.ts';
import { aWake } from '../../helpers/work-items.ts';

const folder = mkdtempSync(join(tmpdir(), 'batch-retry-'));
afterAll(() => rmSync(folder, { recursive: true }));

let stores = 0;
const aFile = () => join(folder, `${++stores}.sqlite`);

/** A store whose tables are there. */
async function aStore(file = aFile()) {
  const store = openSqlite(file, systemClock);
  await store.ledger.list(null, 1, null);
  return { ...store, file };
}

const someKeys = (count: number) => Array.from({ length: count }, (_, index) => aKey(String(index + 1)));

test('writes that are asked for at the same time share one commit, whatever they write', async () => {
  const { ledger, queue, file } = await aStore();
  const before = commitsIn(file);
  await Promise.all([
    ...someKeys(50).map((key) => ledger.write(key, null, aChange(aStoredJob(key)))),
    ...someKeys(50).map(({ jobId }) => queue.enqueue(aWake({ jobId }))),
  ]);
  expect(commitsIn(file) - before).toBe(1);
  expect(await ledger.list(null, 100, null)).toHaveLength(50);
  expect(await queue.receive(100)).toHaveLength(50);
});

test('nobody sees a write before its commit, and a write is answered after it', async () => {
  const { ledger, file } = await aStore();
  const other = await aStore(file);
  const written = ledger.write(aKey(), null, aChange(aStoredJob(aKey()), { eventIds: ['E1'] }));
  for (const one of [ledger, other.ledger]) {
    expect(await one.read(aKey(), 'E1')).toEqual({ job: null, version: null, eventKnown: false });
  }
  const before = commitsIn(file);
  await written;
  expect(commitsIn(file) - before).toBe(1);
  expect(await other.ledger.read(aKey(), 'E1')).toMatchObject({ eventKnown: true });
});

test('a write that fails spoils none of those that share its commit', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }), async (areBroken) => {
      const { ledger, close } = await aStore();
      const writes = areBroken.map((isBroken, index) => {
        const key = aKey(String(index + 1));
        const history = [{ ...anEntry('E1'), at: new Date(isBroken ? Number.NaN : 0) }];
        return ledger.write(key, null, aChange(aStoredJob(key), { history }));
      });
      const statuses = (await Promise.allSettled(writes)).map(({ status }) => status);
      expect(statuses).toEqual(areBroken.map((isBroken) => (isBroken ? 'rejected' : 'fulfilled')));
      for (const [index, isBroken] of areBroken.entries()) {
        const key = aKey(String(index + 1));
        expect((await ledger.read(key, null)).job === null).toBe(isBroken);
        expect(await ledger.history(key, null, 10)).toHaveLength(isBroken ? 0 : 1);
      }
      close();
    }),
    { numRuns: 20 },
  );
});

test('a record of another version stops only the write that meets it', async () => {
  const { ledger, file } = await aStore();
  new DatabaseSync(file).exec(`INSERT INTO environment VALUES ('uat', '{"recordVersion":1}')`);
  const [met, written] = await Promise.allSettled([
    ledger.updateEnvironment('uat', () => {
      throw new Error('nobody may change it');
    }),
    ledger.write(aKey(), null, aChange(aStoredJob(aKey()))),
  ]);
  expect(met).toMatchObject({ status: 'rejected', reason: expect.any(OtherVersion) });
  expect(written).toMatchObject({ status: 'fulfilled', value: { kind: 'written' } });
});

test('two writers of one record in one commit: the second conflicts', async () => {
  const { ledger } = await aStore();
  const results = await Promise.all(
    [1, 2].map(() => ledger.write(aKey(), null, aChange(aStoredJob(aKey())))),
  );
  expect(results.map(({ kind }) => kind)).toEqual(['written', 'conflict']);
});

test('more writes than one commit takes are all written, and other processes get the file between', async () => {
  const { queue, file } = await aStore();
  const before = commitsIn(file);
  await Promise.all(Array.from({ length: 600 }, () => queue.enqueue(aWake())));
  expect(commitsIn(file) - before).toBe(3);
  expect(await queue.receive(1000)).toHaveLength(600);
});

test('a store that is closed commits what is pending first', async () => {
  const { ledger, file, close } = await aStore();
  const written = ledger.write(aKey(), null, aChange(aStoredJob(aKey())));
  close();
  const page = openSqlite(file, systemClock).ledger.read(aKey(), null);
  expect((await page).job).not.toBeNull();
  expect(await written).toMatchObject({ kind: 'written' });
});

test('if the file was deleted, every write that waits rejects', async () => {
  const { ledger, file } = await aStore();
  const writes = someKeys(3).map((key) => ledger.write(key, null, aChange(aStoredJob(key))));
  rmSync(file);
  for (const settled of await Promise.allSettled(writes)) {
    expect(settled).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) });
  }
});

/**
 * Commits in the write-ahead log: the last frame of each tells the size of the database, all others 0.
 * @see https://www.sqlite.org/fileformat.html#the_write_ahead_log
 */
function commitsIn(file: string): number {
  const log = readFileSync(`${file}-wal`);
  const frameBytes = 24 + log.readUInt32BE(8);
  let commits = 0;
  for (let at = 32; at < log.length; at += frameBytes) if (log.readUInt32BE(at + 4) > 0) commits += 1;
  return commits;
}
