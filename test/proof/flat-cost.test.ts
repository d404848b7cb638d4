import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test, vi } from 'vitest';
import { aStore, compareCosts, entry, jobIds, startFno, warmUp } from './flat-cost.ts';

const sqliteRows = Number(process.env['PROOF_HISTORY'] ?? 1_000_000);

const folder = mkdtempSync(join(tmpdir(), 'flat-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const sandbox = await startFno();
afterAll(() => sandbox.stop());

test('with a million entries of history on SQLite an event and a list of jobs find their rows by index', async () => {
  const full = join(folder, 'full.sqlite');
  const prepared = vi.spyOn(DatabaseSync.prototype, 'prepare');
  const [empty, loaded] = await Promise.all(
    [join(folder, 'empty.sqlite'), full].map((file) => aStore(sandbox, `sqlite:${file}`)),
  );
  if (!empty || !loaded) throw new Error('no stores');
  await warmUp([empty, loaded]);
  const loadMs = loadSqlite(full);

  const costs = await compareCosts(empty, loaded);
  const statements = [...new Set(prepared.mock.calls.map(([sql]) => sql))].filter(
    (sql) => !/PRAGMA|WITH RECURSIVE/.test(sql),
  );
  prepared.mockRestore();
  for (const { service } of [empty, loaded]) service.store.close();
  console.log(
    `Flat cost on SQLite: ${sqliteRows} rows loaded in ${(loadMs / 1000).toFixed(1)} s; ${costs}; ${statements.length} statements, no scan`,
  );
  expect(statements.length).toBeGreaterThan(6);
  const database = new DatabaseSync(full);
  const scans = statements.flatMap((sql) => scansOf(database, sql));
  database.close();
  expect(scans).toEqual([]);
  expect(loadMs).toBeLessThan(10_000);
}, 120_000);

function loadSqlite(file: string): number {
  const startedAt = performance.now();
  const database = new DatabaseSync(file);
  database.exec('PRAGMA synchronous = OFF; BEGIN IMMEDIATE');
  const numbers = `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${sqliteRows - 1})`;
  const jobIdOfRow = `CAST(${jobIds[0]} + i / ${Math.ceil(sqliteRows / jobIds.length)} AS TEXT)`;
  database
    .prepare(
      `INSERT INTO history (environment, job_id, at, entry) ${numbers} SELECT 'default', ${jobIdOfRow}, i, ? FROM n`,
    )
    .run(entry);
  database.exec('COMMIT');
  database.close();
  return performance.now() - startedAt;
}

/** Steps of the statement's plan that go through a whole table or index, but for the list of all subscriptions. */
function scansOf(database: DatabaseSync, sql: string): string[] {
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
  return plan
    .map((step) => String(step['detail']))
    .filter((detail) => /^SCAN (?!CONSTANT ROW|subscription)/.test(detail))
    .map((detail) => `${detail}: ${sql}`);
}
