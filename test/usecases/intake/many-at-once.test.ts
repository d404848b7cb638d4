import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/system.ts';
import { StoreUnavailable } from '../../../src/ports/ledger.ts';
import { aService, nightlyPosting, type TestService } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { eventId } from '../../hosts/an-event.ts';
import {
  answerTo,
  atOnce,
  decisionsOf,
  failureOf,
  gridBatch,
  inTime,
  jobsOf,
  thousand,
} from './many-failures.ts';

const folder = mkdtempSync(join(tmpdir(), 'batch-retry-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function pass({ clock, service }: TestService, minutes: number): Promise<void> {
  for (let seconds = 0; seconds < minutes * 60; seconds += 5) {
    if (clock instanceof ManualClock) await clock.advance(5000);
    while ((await service.pollWorkQueue()) > 0);
  }
}

test('of many failures in one delivery the first are decided at once, and the others are queued, one after another', async () => {
  const jobs = jobsOf(100);
  await using service = await aService({ jobs });
  for (const { jobId } of jobs) await service.sandbox.run(jobId);

  const { status, body } = await service.deliver(gridBatch(jobs.map(failureOf)));

  expect(status).toBe(202);
  expect(decisionsOf(body)).toEqual({ requeued: atOnce, deferred: jobs.length - atOnce });
  const answers = Object.values(body);
  expect(answers[atOnce]).toMatchObject({ dueAt: '2026-03-02T01:00:33.000Z', retry: null });
  expect(answers.at(-1)).toMatchObject({
    dueAt: '2026-03-02T01:01:40.000Z',
    reason: expect.stringMatching(
      /^Too many failures arrived together\. .* decided at 2026-03-02T01:01:40.000Z\.$/,
    ),
  });

  await pass(service, 5);
  expect(jobs.map(({ jobId }) => service.sandbox.requeues(jobId))).toEqual(jobs.map(() => 1));
  const last = jobs.at(-1)?.jobId;
  expect((await service.get(`batch-jobs/${last}/history`)).body).toMatchObject({
    value: [{ decision: 'requeued', retry: 1, envelope: 'event-grid', eventId: eventId(jobs.length - 1) }],
  });
});

test('a batch that is delivered twice leads to one requeue a failure, also for those that are queued', async () => {
  const jobs = jobsOf(50);
  await using service = await aService({ jobs });
  for (const { jobId } of jobs) await service.sandbox.run(jobId);
  const batch = gridBatch(jobs.map(failureOf));

  await service.deliver(batch);
  expect((await service.deliver(batch)).status).toBe(202);
  await pass(service, 3);
  for (const { jobId } of jobs) service.sandbox.setStatus(jobId, 'Error');
  expect(decisionsOf((await service.deliver(batch)).body)).toEqual({ duplicate: atOnce, deferred: 18 });
  await pass(service, 3);

  expect(jobs.map(({ jobId }) => service.sandbox.requeues(jobId))).toEqual(jobs.map(() => 1));
});

test('a queued failure whose job runs when it is decided is superseded', async () => {
  const jobs = jobsOf(atOnce + 1);
  await using service = await aService({ jobs });
  for (const { jobId } of jobs) await service.sandbox.run(jobId);
  await service.deliver(gridBatch(jobs.map(failureOf)));
  const last = jobs.at(-1)?.jobId ?? '';
  if (service.clock instanceof ManualClock) await service.clock.advance(5000);
  service.sandbox.setStatus(last, 'Waiting');
  void service.sandbox.run(last, 600_000, 'person');

  await pass(service, 2);
  expect(service.sandbox.requeues(last)).toBe(0);
  expect((await service.get(`batch-jobs/${last}/history`)).body).toMatchObject({
    value: [{ decision: 'superseded' }],
  });
});

test('several failures of one job in one delivery are worked on in their order, though the store is slow for the first', async () => {
  let reads = 0;
  await using service = await aService({
    wrapLedger: (ledger) => {
      const read = ledger.read.bind(ledger);
      ledger.read = async (...args) => {
        if (++reads === 1) await setTimeout(100);
        return read(...args);
      };
      return ledger;
    },
  });
  await service.sandbox.run(nightlyPosting.jobId);
  const events = Array.from({ length: 40 }, (_, index) => failureOf(nightlyPosting, index));

  const { status, body } = await service.deliver(gridBatch(events));
  expect(status).toBe(202);
  expect(decisionsOf(body)).toEqual({ requeued: 1, duplicate: atOnce - 1, deferred: 8 });
  expect(body[0]).toMatchObject({ decision: 'requeued', eventId: eventId(0) });
  await pass(service, 2);
  expect(service.sandbox.requeues(nightlyPosting.jobId)).toBe(1);
});

test('if the others cannot be queued, all must be delivered again', async () => {
  const jobs = jobsOf(atOnce + 5);
  let isLost = true;
  await using service = await aService({
    jobs,
    wrapQueue: (queue) => {
      const enqueue = queue.enqueue.bind(queue);
      queue.enqueue = (item, options) =>
        isLost && item.kind === 'decide'
          ? Promise.reject(new StoreUnavailable('disk I/O error'))
          : enqueue(item, options);
      return queue;
    },
  });
  for (const { jobId } of jobs) await service.sandbox.run(jobId);
  const batch = gridBatch(jobs.map(failureOf));

  expect(await service.deliver(batch)).toMatchObject({ status: 503 });
  isLost = false;
  expect(decisionsOf((await service.deliver(batch)).body)).toEqual({ duplicate: atOnce, deferred: 5 });
  await pass(service, 2);
  expect(jobs.map(({ jobId }) => service.sandbox.requeues(jobId))).toEqual(jobs.map(() => 1));
});

const same = thousand.map(() => thousand[0] ?? nightlyPosting);

test.each([
  ['a thousand jobs', thousand],
  ['one job', same],
])(
  'a thousand failures of %s in one Event Grid batch are answered in time, with SQLite',
  async (title, jobs) => {
    const settings = { STORE: `sqlite:${join(folder, `${title}.sqlite`)}` };
    await using service = await aService({
      jobs: [...new Set(jobs.slice(0, atOnce))],
      settings,
      clock: systemClock,
    });
    expect(await answerTo(service, jobs)).toEqual(inTime);
  },
);
