import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openSqlite } from '../../src/adapters/sqlite/open-sqlite.ts';
import { readWork, serializeWork } from '../../src/ports/work-item.ts';
import { visibilityTimeoutMs } from '../../src/ports/work-queue.ts';
import { causesContract } from '../contract/causes-contract.ts';
import { ledgerContract } from '../contract/ledger-contract.ts';
import { host, named, renamingContract } from '../contract/renaming-contract.ts';
import { subscriptionsContract } from '../contract/subscriptions-contract.ts';
import { workQueueContract } from '../contract/work-queue-contract.ts';
import { aKey } from '../helpers/stored-records.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { aWake } from '../helpers/work-items.ts';

const folder = mkdtempSync(join(tmpdir(), 'batch-retry-'));
afterAll(() => rmSync(folder, { recursive: true }));

let stores = 0;
const aFile = () => join(folder, `${++stores}.sqlite`);

ledgerContract('SQLite by organization', () => {
  const file = aFile();
  return Promise.resolve({ open: () => named(openSqlite(file, new ManualClock())).ledger });
});

subscriptionsContract('SQLite by organization', () => {
  const file = aFile();
  return () => named(openSqlite(file, new ManualClock())).subscriptions;
});

causesContract('SQLite by organization', () => {
  const file = aFile();
  return () => named(openSqlite(file, new ManualClock())).causes;
});

workQueueContract('SQLite by organization', () => {
  const file = aFile();
  const clock = new ManualClock();
  return Promise.resolve({
    open: () => named(openSqlite(file, clock)).queue,
    now: () => clock.now(),
    advance: (ms) => clock.advance(ms),
    visibilityTimeoutMs,
  });
});

renamingContract('SQLite', () => openSqlite(aFile(), new ManualClock()));

test.each([host, '127.0.0.1:8080', '[::1]:8081', 'localhost'])(
  'work of %s goes through a message',
  (environment) => {
    const work = aWake({ environment, jobId: aKey().jobId, dueAt: new ManualClock().now() });
    expect(readWork(serializeWork(work))).toEqual(work);
  },
);
