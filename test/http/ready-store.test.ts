import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { type Ledger, StoreUnavailable } from '../../src/ports/ledger.ts';
import type { WorkQueue } from '../../src/ports/work-queue.ts';
import { aService, failureEvent, nightlyPosting } from '../helpers/a-service.ts';
import { aroundLedger, aroundQueue } from '../proof/around-ports.ts';
import { advance, partsOf } from './ready.ts';

const folder = mkdtempSync(join(tmpdir(), 'batch-retry-ready-'));
afterAll(() => rmSync(folder, { recursive: true }));

const working = { status: 'working', lastFailure: null };

test('a store whose file is deleted under the service is shown, takes no event, and works again once it is back', async () => {
  const file = join(folder, 'store.sqlite');
  await using service = await aService({ settings: { STORE: `sqlite:${file}`, WATCH_EVERY: 'off' } });
  const before = await service.deliver(await failureEvent(service));
  expect(before.body).toMatchObject({ decision: 'requeued' });
  await nextTurn();

  for (const end of ['', '-wal', '-shm']) renameSync(`${file}${end}`, `${file}.away${end}`);
  const { status, body } = await service.get('ready');
  expect([status, body]).toMatchObject([
    503,
    {
      type: 'urn:batch-retry:problem:not-ready',
      detail: 'store: It cannot be reached. work-queue: It cannot be reached.',
      parts: [
        { part: 'store', status: 'failing' },
        { part: 'work-queue', status: 'failing' },
        working,
        working,
      ],
    },
  ]);
  expect(service.lines.join('\n')).toContain('store.sqlite" was deleted while the service ran.');
  expect((await service.deliver(service.sandbox.failedEvent(nightlyPosting.jobId))).status).toBe(503);

  for (const end of ['', '-wal', '-shm']) renameSync(`${file}.away${end}`, `${file}${end}`);
  expect(await service.get('ready')).toMatchObject({
    status: 200,
    body: {
      parts: [
        { part: 'store', status: 'working', lastFailure: { reason: 'It cannot be reached.' } },
        {},
        {},
        {},
      ],
    },
  });
  expect((await service.deliver(service.sandbox.failedEvent(nightlyPosting.jobId))).body).toMatchObject({
    decision: 'duplicate',
  });
});

test('a store whose file is replaced by an empty one under the service is used, and one line says so', async () => {
  const file = join(folder, 'replaced.sqlite');
  await using service = await aService({ settings: { STORE: `sqlite:${file}`, WATCH_EVERY: 'off' } });
  const event = await failureEvent(service);
  await service.deliver(event);
  await nextTurn();
  for (const end of ['', '-wal', '-shm']) renameSync(`${file}${end}`, `${file}.away${end}`);
  writeFileSync(file, '');
  expect((await service.get(`batch-jobs/${nightlyPosting.jobId}`)).status).toBe(404);
  expect((await service.get('ready')).status).toBe(200);
  const warnings = service.lines.filter((line) => line.includes('was replaced while the service ran'));
  expect(warnings).toEqual([expect.stringMatching(/warning .*replaced\.sqlite" was replaced/)]);
});

test('a store whose file another process keeps locked for writing is shown, at the latest after 10 s', async () => {
  const file = join(folder, 'locked.sqlite');
  await using service = await aService({ settings: { STORE: `sqlite:${file}`, WATCH_EVERY: 'off' } });
  expect((await service.get('ready')).status).toBe(200);
  using other = new DatabaseSync(file);
  other.exec('BEGIN IMMEDIATE');
  await advance(service, 10_000);
  expect(await service.get('ready')).toMatchObject({
    status: 503,
    body: {
      detail: 'store: It can be read, but not written. work-queue: It can be read, but not written.',
    },
  });
  expect(service.lines.join('\n')).toContain('The store cannot be used.');
  other.exec('ROLLBACK');
  expect((await service.get('ready')).status).toBe(200);
});

test('a work queue that takes nothing is shown, though it can be read and the store written', async () => {
  let isFull = true;
  const wrapQueue = (queue: WorkQueue): WorkQueue => ({
    ...aroundQueue(queue, (_name, io) => io()),
    proveWritable: () =>
      isFull ? Promise.reject(new StoreUnavailable('The queue is full.')) : queue.proveWritable(),
  });
  await using service = await aService({ wrapQueue });
  expect(await service.get('ready')).toMatchObject({
    status: 503,
    body: { detail: 'work-queue: It can be read, but not written.' },
  });
  isFull = false;
  expect((await service.get('ready')).status).toBe(200);
});

test('a store that works is written to every 10 s, however often readiness is asked', async () => {
  let writes = 0;
  const wrapLedger = (ledger: Ledger): Ledger => ({
    ...aroundLedger(ledger, (_name, io) => io()),
    proveWritable: () => {
      writes += 1;
      return ledger.proveWritable();
    },
  });
  await using service = await aService({ wrapLedger });
  for (let seconds = 0; seconds <= 20; seconds++) {
    await service.get('ready');
    await advance(service, 1000);
  }
  expect(writes).toBe(3);
});

test('a record of another version is a part of its own: while other jobs work, the service is ready', async () => {
  const file = join(folder, 'versions.sqlite');
  const { jobId } = nightlyPosting;
  const setup = {
    jobs: [nightlyPosting, { ...nightlyPosting, jobId: '6' }],
    settings: { STORE: `sqlite:${file}`, WATCH_EVERY: 'off' },
  };
  await using service = await aService(setup);
  await service.deliver(await failureEvent(service));
  rewrite(file, 'batch_job', '"recordVersion":2', '"recordVersion":9');

  const { status, body } = await service.get('ready');
  const reason = 'Another version of the service wrote this record: it is left alone.';
  expect([status, body['status'], partsOf(body).slice(4)]).toMatchObject([
    200,
    'ready',
    [{ part: 'record', environment: 'default', jobId, status: 'failing', lastFailure: { reason } }],
  ]);
  expect((await service.deliver(await failureEvent(service, '6'))).body).toMatchObject({
    decision: 'requeued',
  });

  rewrite(file, 'batch_job', '"recordVersion":9', '"recordVersion":2');
  expect(partsOf((await service.get('ready')).body)).toHaveLength(4);
});

test("an environment's record of another version stops all its jobs: the service is not ready", async () => {
  const file = join(folder, 'environment.sqlite');
  await using service = await aService({ settings: { STORE: `sqlite:${file}`, WATCH_EVERY: 'off' } });
  await service.deliver(await failureEvent(service));
  rewrite(file, 'environment', '"recordVersion":2', '"recordVersion":9');
  await service.deliver(await failureEvent(service));
  expect(await service.get('ready')).toMatchObject({
    status: 503,
    body: { detail: expect.stringMatching(/^record of default: Another version/) },
  });
});

function rewrite(file: string, table: string, from: string, to: string): void {
  using database = new DatabaseSync(file);
  const { changes } = database
    .prepare(`UPDATE ${table} SET record = replace(record, ?1, ?2) WHERE record LIKE '%' || ?1 || '%'`)
    .run(from, to);
  expect(changes).toBeGreaterThan(0);
}
