import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { encodeRecord } from '../../../src/adapters/shared/record-codec.ts';
import { openSqlite } from '../../../src/adapters/sqlite/open-sqlite.ts';
import type { Run } from '../../../src/domain/watch/run.ts';
import { runsContract } from '../../contract/runs-contract.ts';
import { aKey } from '../../helpers/stored-records.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'batch-retry-'));
afterAll(() => rmSync(folder, { recursive: true }));

let stores = 0;

runsContract('SQLite', () => {
  const file = join(folder, `${++stores}.sqlite`);
  return () => openSqlite(file, new ManualClock()).runs;
});

test('a page of runs costs no more with many older ones than with few', async () => {
  const many = Number(process.env['PROOF_HISTORY'] ?? 1_000_000);
  const { runs, close } = openSqlite(join(folder, 'many.sqlite'), new ManualClock());
  const times: number[] = [];
  await runs.put(aRun(now)); // Opens the store.
  for (const count of [100, many]) {
    fill(join(folder, 'many.sqlite'), count);
    const from = new Date(now.getTime() - 3_600_000);
    const startedAt = performance.now();
    for (let n = 0; n < 50; n++) {
      await runs.between('default', { from, to: now }, null, 100);
      await runs.ofJob(aKey('1'), null, 100);
      await runs.put(aRun(new Date(now.getTime() - n * 1000)));
    }
    times.push(performance.now() - startedAt);
  }
  close();
  const [few = 0, all = 0] = times;
  console.log(`150 calls: ${few.toFixed()} ms with 100 runs, ${all.toFixed()} ms with ${many}`);
  expect(all).toBeLessThan(few * 3 + 200);
}, 300_000);

const now = new Date('2026-03-02T01:00:00Z');

/** Runs of before the last hour, a minute apart. */
function fill(file: string, count: number): void {
  const database = new DatabaseSync(file);
  const record = encodeRecord(aRun(now));
  database
    .prepare(
      `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1)
       INSERT OR REPLACE INTO run SELECT 'default', '1', ? - 3700000 - i * 60000, ? FROM n`,
    )
    .run(count, now.getTime(), record);
  database.close();
}

function aRun(endedAt: Date): Run {
  return {
    ...aKey('1'),
    description: 'Nightly posting',
    legalEntity: 'USMF',
    startedAt: null,
    endedAt,
    end: 'finished',
    learned: 'status',
    startedBy: null,
    isSettled: true,
  };
}
