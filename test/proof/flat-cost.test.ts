import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TableClient } from '@azure/data-tables';
import pMap from 'p-map';
import { afterAll, expect, test, vi } from 'vitest';
import { storageNames } from '../../src/adapters/azure-storage/connect-storage.ts';
import { systemClock } from '../../src/adapters/system.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { type Azurite, startAzurite } from '../helpers/azurite.ts';
import type { Around } from './around-ports.ts';
import { type Composed, composeService, type Settings } from './compose-service.ts';
import { recordRequests } from './record-requests.ts';
import { everyJob } from './service-process.ts';

const jobs = 50;
const rounds = Number(process.env['PROOF_ROUNDS'] ?? 2);
const sqliteRows = Number(process.env['PROOF_HISTORY'] ?? 1_000_000);
const azuriteRows = Number(process.env['PROOF_HISTORY_AZURE'] ?? 100_000);
/** How long loading may take, in ms; PROOF_LOAD_MS=20000 loads about 100,000 rows. */
const azuriteLoadMs = Number(process.env['PROOF_LOAD_MS'] ?? 6000);

const jobIds = Array.from({ length: jobs }, (_, index) => String(5_637_144_576 + index));
const entry = JSON.stringify({
  at: '2026-03-02T01:00:00.000Z',
  kind: 'failure',
  eventId: 'EARLIER',
  decision: 'requeued',
  retry: 1,
  policy: 'Every job',
  reason: 'Failure 1 of this episode; F&O set the job to waiting.',
  dueAt: null,
  by: null,
  fno: { status: 200, isSuccess: true, message: null },
});

const folder = mkdtempSync(join(tmpdir(), 'flat-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const sandbox = await startSandbox();
afterAll(() => sandbox.stop());
for (const jobId of jobIds) {
  sandbox.addJob({ jobId, description: `Job ${jobId}`, script: { kind: 'always-fail' } });
}

test('with a million entries of history on SQLite an event and a list of jobs find their rows by index', async () => {
  const full = join(folder, 'full.sqlite');
  const prepared = vi.spyOn(DatabaseSync.prototype, 'prepare');
  const [empty, loaded] = await Promise.all(
    [join(folder, 'empty.sqlite'), full].map((file) => aStore(`sqlite:${file}`)),
  );
  if (!empty || !loaded) throw new Error('no stores');
  await warmUp([empty, loaded]);
  const loadMs = loadSqlite(full);

  const costs = await compare(empty, loaded);
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

test('with a long history on Azurite an event and a list of jobs cost as many requests as with none', async () => {
  const [first, second] = await Promise.all([startAzurite(), startAzurite()]);
  try {
    const [empty, loaded] = await Promise.all([first, second].map((azurite) => aStore('azure', azurite)));
    if (!empty || !loaded) throw new Error('no stores');
    await warmUp([empty, loaded]);
    const rows = await loadAzurite(second);
    const costs = await compare(empty, loaded);
    const requests = [await countRequests(first, empty.service), await countRequests(second, loaded.service)];
    console.log(
      `Flat cost on Azurite: ${rows} rows loaded in ${azuriteLoadMs / 1000} s at most; ${costs}; requests for a list and a page of history: ${requests.join(' and ')}`,
    );
    expect(requests[1]).toBe(requests[0]);
  } finally {
    await Promise.all([first.stop(), second.stop()]);
  }
}, 120_000);

type Measured = { service: Composed; storeMs: () => number };

/** A service whose store's time is summed up; what F&O takes does not count. */
async function aStore(store: string, azurite?: Azurite): Promise<Measured> {
  let spentMs = 0;
  const around: Around = async (name, io) => {
    if (!/^(ledger|queue)/.test(name)) return io();
    const startedAt = performance.now();
    try {
      return await io();
    } finally {
      spentMs += performance.now() - startedAt;
    }
  };
  const settings: Settings = {
    orgUrl: sandbox.orgUrl,
    identity: sandbox.identityEnvironment,
    store,
    policy: { defaults: { maxRetries: 100 }, ...everyJob },
    requeuesPerMinute: 100_000,
    ...(azurite ? { storageConnection: azurite.connectionString() } : {}),
  };
  return {
    service: await composeService(settings, systemClock, around),
    storeMs: () => {
      const spent = spentMs;
      spentMs = 0;
      return spent;
    },
  };
}

async function warmUp(stores: readonly Measured[]): Promise<void> {
  for (const store of stores) for (const jobId of jobIds) await handle(store, jobId);
}

/** The store's time for one failure, in ms. */
async function handle({ service, storeMs }: Measured, jobId: string): Promise<number> {
  if (sandbox.job(jobId).status === 'Error') sandbox.setStatus(jobId, 'Waiting');
  await sandbox.run(jobId);
  storeMs();
  const { status } = await service.deliver(sandbox.failedEvent(jobId));
  expect(status).toBeLessThan(300);
  return storeMs();
}

async function list({ service, storeMs }: Measured): Promise<number> {
  storeMs();
  await service.get('list-batch-jobs');
  return storeMs();
}

/** Both in turn, so that whatever else the machine does befalls both. */
async function compare(empty: Measured, loaded: Measured): Promise<string> {
  const times = { event: [[], []] as [number[], number[]], list: [[], []] as [number[], number[]] };
  for (let round = 0; round < rounds; round++) {
    for (const jobId of jobIds.slice(0, 20)) {
      times.event[0].push(await handle(empty, jobId));
      times.event[1].push(await handle(loaded, jobId));
    }
    for (let again = 0; again < 5; again++) {
      times.list[0].push(await list(empty));
      times.list[1].push(await list(loaded));
    }
  }
  return Object.entries(times)
    .map(([what, [before, after]]) => {
      const [low, high] = [median(before), median(after)];
      return `${what} ${low.toFixed(2)} → ${high.toFixed(2)} ms (×${(high / low).toFixed(2)})`;
    })
    .join(', ');
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function loadSqlite(file: string): number {
  const startedAt = performance.now();
  const database = new DatabaseSync(file);
  database.exec('PRAGMA synchronous = OFF; BEGIN IMMEDIATE');
  const numbers = `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${sqliteRows - 1})`;
  const jobIdOfRow = `CAST(${jobIds[0]} + i / ${Math.ceil(sqliteRows / jobs)} AS TEXT)`;
  database
    .prepare(
      `INSERT INTO history (environment, job_id, at, entry) ${numbers} SELECT 'default', ${jobIdOfRow}, i, ? FROM n`,
    )
    .run(entry);
  database.exec('COMMIT');
  database.close();
  return performance.now() - startedAt;
}

/** As many as fit into the time, at most so many as wanted. */
async function loadAzurite(azurite: Azurite): Promise<number> {
  const options = { allowInsecureConnection: true };
  const table = TableClient.fromConnectionString(azurite.connectionString(), storageNames.records, options);
  const startedAt = performance.now();
  const batches = Array.from({ length: azuriteRows / 100 }, (_, index) => index);
  let rows = 0;
  await pMap(
    batches,
    async (batch) => {
      if (performance.now() - startedAt > azuriteLoadMs) return;
      const partitionKey = `default:${jobIds[batch % jobs]}`;
      await table.submitTransaction(
        Array.from({ length: 100 }, (_, index) => {
          const rowKey = `h${String(999_000_000_000_000 - batch * 100 - index).padStart(15, '0')}`;
          return ['create', { partitionKey, rowKey, json0: entry }];
        }),
      );
      rows += 100;
    },
    { concurrency: 4 },
  );
  return rows;
}

async function countRequests(azurite: Azurite, service: Composed): Promise<number> {
  using recorder = recordRequests([azurite.tableUrl, azurite.queueUrl]);
  await service.get('list-batch-jobs');
  await service.get('batch-job-history', { jobId: jobIds[0] ?? '' });
  return recorder.spans.length;
}

/** Steps of the statement's plan that go through a whole table or index. */
function scansOf(database: DatabaseSync, sql: string): string[] {
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
  return plan
    .map((step) => String(step['detail']))
    .filter((detail) => /^SCAN (?!CONSTANT ROW)/.test(detail))
    .map((detail) => `${detail}: ${sql}`);
}
