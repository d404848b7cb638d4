import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test, vi } from 'vitest';
import { openSqlite } from '../../src/adapters/sqlite/open-sqlite.ts';
import { encodeRecord } from '../../src/adapters/shared/record-codec.ts';
import { systemClock } from '../../src/adapters/system.ts';
import type { Causes } from '../../src/ports/causes.ts';
import { createReadCauses } from '../../src/usecases/causes/read-causes.ts';
import { aCause } from '../contract/causes-contract.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { median } from './median.ts';

const rows = Number(process.env['PROOF_HISTORY'] ?? 1_000_000);
const rounds = 50;
const day = 86_400_000;
const { failedAt: now } = aCause('', 0);
const text = 'Account 4711 is blocked for invoicing. '.repeat(8);

const folder = mkdtempSync(join(tmpdir(), 'flat-causes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('with a million causes on SQLite, to keep one and to list a day costs what it does with few', async () => {
  const prepared = vi.spyOn(DatabaseSync.prototype, 'prepare');
  const full = join(folder, 'full.sqlite');
  const [few, many] = [openSqlite(join(folder, 'few.sqlite'), systemClock), openSqlite(full, systemClock)];
  for (const { causes } of [few, many]) {
    for (let n = 0; n < 200; n++) await causes.put(aCause(`New-${n}`, -n * 1000, { text }));
  }
  const loadMs = load(full);
  const costs = { before: await costOf(few.causes), after: await costOf(many.causes) };
  const prunedMs = await timeOf(async () => {
    expect(await many.causes.prune('default', new Date(now.getTime() - 89 * day))).toBeGreaterThan(
      rows / 100,
    );
  });
  const statements = [...new Set(prepared.mock.calls.map(([sql]) => sql))].filter(
    (sql) => /(FROM|INTO) cause/.test(sql) && !sql.includes('RECURSIVE'),
  );
  prepared.mockRestore();
  for (const { close } of [few, many]) close();
  console.log(
    `Flat cost of causes on SQLite: 200 and ${rows + 200} causes, loaded in ${(loadMs / 1000).toFixed(1)} s; ms for each of put, get, GET /causes: ${costs.before.join(', ')} → ${costs.after.join(', ')}; a day of ${Math.round(rows / 90)} pruned in ${prunedMs.toFixed(0)} ms`,
  );
  expect(statements).toHaveLength(4);
  const database = new DatabaseSync(full);
  expect(statements.flatMap((sql) => expensiveSteps(database, sql))).toEqual([]);
  database.close();
}, 300_000);

/** Causes of 90 days, from the day before yesterday on, of 500 jobs. */
function load(file: string): number {
  const startedAt = performance.now();
  const database = new DatabaseSync(file);
  database.exec('PRAGMA synchronous = OFF; BEGIN IMMEDIATE');
  const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})`;
  const failedAt = `${now.getTime() - 2 * day} - i * ${Math.floor((88 * day) / rows)}`;
  database
    .prepare(
      `INSERT INTO cause (environment, job_id, event_id, failed_at, record)
       ${numbers} SELECT 'default', CAST(i % 500 AS TEXT), 'Old-' || i, ${failedAt}, ? FROM n`,
    )
    .run(encodeRecord(aCause('Old', -3 * day, { text })));
  database.exec('COMMIT');
  database.close();
  return performance.now() - startedAt;
}

/** The median time of each call, in ms. */
async function costOf(causes: Causes): Promise<string[]> {
  const readCauses = createReadCauses({ causes, clock: new ManualClock(now) }, ['default']);
  const calls = [
    (n: number) => causes.put(aCause(`New-${n % 200}`, -(n % 200) * 1000, { text })),
    (n: number) => causes.get(aCause('', 0), `New-${n}`),
    async () => {
      const { groups, isComplete } = await readCauses(null, null);
      expect([isComplete, groups[0]?.failures]).toEqual([true, 200]);
    },
  ];
  const times = calls.map((): number[] => []);
  for (let n = 0; n < rounds; n++) {
    for (const [index, call] of calls.entries()) times[index]?.push(await timeOf(() => call(n)));
  }
  return times.map((all) => median(all).toFixed(2));
}

async function timeOf(act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

/** Steps of the statement's plan whose cost grows with the table: they go through all of it, or sort. */
function expensiveSteps(database: DatabaseSync, sql: string): string[] {
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
  return plan
    .map((step) => String(step['detail']))
    .filter((detail) => /^SCAN (?!CONSTANT ROW)|TEMP B-TREE/.test(detail))
    .map((detail) => `${detail}: ${sql}`);
}
