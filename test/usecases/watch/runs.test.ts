import { expect, test } from 'vitest';
import type { NewBatchJob } from '../../../src/sandbox/batch-job.ts';
import { aService, failureEvent, nightlyPosting, type ServiceSetup } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { everyJob } from '../../helpers/policies.ts';
import { minute, pass } from '../playing.ts';
import { watchFor } from './watching.ts';

const { jobId } = nightlyPosting;
const well: NewBatchJob = { jobId: '2', description: 'Nightly check', script: { kind: 'succeed' } };

async function aWatch(setup: ServiceSetup = {}) {
  const service = await aService({ jobs: [nightlyPosting, well], ...setup });
  await service.service.watch();
  return service;
}

async function runFor(service: Awaited<ReturnType<typeof aWatch>>, id: string, ms: number): Promise<void> {
  const running = service.sandbox.run(id, ms);
  if (service.clock instanceof ManualClock) await service.clock.advance(ms);
  await running;
}

test('the runs of a job tell how each ended, how long it took, and what told it', async () => {
  await using service = await aWatch();
  const event = await failureEvent(service);
  await service.deliver(event);
  await watchFor(service, 5 * minute);
  service.sandbox.setScript(jobId, { kind: 'succeed' });
  await runFor(service, jobId, 3 * minute);
  await watchFor(service, 10 * minute);

  const { body } = await service.get(`batch-jobs/${jobId}/runs`);
  expect(body).toMatchObject({
    value: [
      { jobId, end: 'finished', learned: 'status', durationSeconds: 180 },
      { jobId, end: 'failed', learned: 'event', startedBy: null, durationSeconds: 0, isSettled: true },
    ],
  });
});

test('a run tells whose requeue started it, also long after its end was told; F&O does not tell of other starts', async () => {
  await using service = await aWatch({ policy: { defaults: { maxRetries: 1 }, ...everyJob } });
  const fail = async () => service.deliver(await failureEvent(service));
  await fail();
  await watchFor(service, 6 * minute);
  await fail();
  await watchFor(service, 6 * minute);
  const byHand = await service.post(`batch-jobs/${jobId}/set-to-waiting`, { by: 'ada', reason: 'Fixed' });
  expect(byHand.status).toBe(200);
  await fail();
  await watchFor(service, 6 * minute);
  service.sandbox.startNow(jobId, 'person');
  await fail();
  await watchFor(service, 6 * minute);
  const { body } = await service.get(`batch-jobs/${jobId}/runs`);
  expect(body).toMatchObject({
    value: [null, 'operator', 'policy', null].map((startedBy) => ({
      end: 'failed',
      learned: 'event',
      startedBy,
    })),
  });
});

test('a run that started when it was to was started by its schedule, whatever its end; another one was not', async () => {
  const hourly = { ...nightlyPosting, recurrence: { everyMs: 60 * minute } };
  const observe = { jobs: [{ name: 'All', match: { jobId: '*' }, mode: 'observe' }] };
  await using service = await aWatch({ jobs: [hourly], policy: observe });
  for (const lateMs of [0, 3 * minute, -20 * minute, 14 * minute, 17 * minute]) {
    const plannedAt = service.sandbox.job(jobId).scheduledAt?.getTime() ?? Number.NaN;
    await pass(service, plannedAt + lateMs - service.clock.now().getTime());
    await runFor(service, jobId, minute);
    await watchFor(service, 10 * minute);
  }
  await watchFor(service, 30 * 60 * minute);
  const { body } = await service.get(`batch-jobs/${jobId}/runs`);
  const value: { startedBy: string | null; nextStartAt: string }[] = JSON.parse(
    JSON.stringify(body['value']),
  );
  const startedBy = value.map((run) => run.startedBy).toReversed();
  expect(startedBy).toEqual([null, 'schedule', null, 'schedule', null]);
  expect(value[0]?.nextStartAt).toBe(service.sandbox.job(jobId).scheduledAt?.toISOString());
});

test.each([
  ['finished, by its event', 'finished'],
  ['failed, by a read', 'failed'],
])('a requeued run that %s before the next look was started by the policy', async (_how, end) => {
  await using service = await aWatch();
  await service.deliver(await failureEvent(service));
  await pass(service, minute);
  if (end === 'finished') service.sandbox.setScript(jobId, { kind: 'succeed' });
  await runFor(service, jobId, minute);
  await watchFor(service, 20 * minute);
  expect((await service.get(`batch-jobs/${jobId}/runs`)).body).toMatchObject({
    value: expect.arrayContaining([expect.objectContaining({ end, startedBy: 'policy' })]),
  });
});

test.each([
  [undefined, 0, 'event'],
  [{}, 0, 'event'],
  [{}, 20_000, 'event'],
])(
  'a failed run is kept once, also if its event came and the next run ended before F&O was searched (history: %j, ends %d ms late)',
  async (history, endLagMs, learned) => {
    const job = { ...nightlyPosting, traits: { endLagMs } };
    await using service = await aWatch({ jobs: [job], ...(history ? { sandbox: { history } } : {}) });
    await service.deliver(await failureEvent(service));
    service.sandbox.setScript(jobId, { kind: 'succeed' });
    await pass(service, minute);
    await runFor(service, jobId, 30 * minute);
    await watchFor(service, 30 * minute);

    const failed = { jobId, end: 'failed', learned, isSettled: true };
    const both = [failed, { jobId, end: 'finished', durationSeconds: (30 * minute + endLagMs) / 1000 }];
    expect((await service.get('runs?from=2026-03-02')).body).toMatchObject({ value: both });
  },
);

test('of a chain of failures between two looks, each run whose event came is kept once', async () => {
  await using service = await aWatch();
  for (let failures = 0; failures < 4; failures++) {
    service.sandbox.startNow(jobId, 'person');
    await service.deliver(await failureEvent(service));
    await pass(service, minute / 2);
  }
  await watchFor(service, 30 * minute);
  const { body } = await service.get(`batch-jobs/${jobId}/runs`);
  expect(body['value']).toMatchObject(Array.from({ length: 4 }, () => ({ end: 'failed', learned: 'event' })));
  expect(body['value']).toHaveLength(4);
});

test.each([
  [2, 40],
  [7, 40],
  [7, 180],
  [7, -45],
  [12, 40],
  [12, -45],
])(
  'a run whose end F&O writes anew after %d minutes, %d s later, is one run, requeued once',
  async (minutes, seconds) => {
    const endMoves = { afterMs: minutes * minute, byMs: seconds * 1000 };
    await using service = await aWatch({ jobs: [{ ...nightlyPosting, traits: { endMoves } }] });
    await pass(service, minute);
    await runFor(service, jobId, 3 * minute);
    await watchFor(service, 40 * minute);
    const { body } = await service.get(`batch-jobs/${jobId}/runs`);
    expect(body['value']).toMatchObject([{ end: 'failed', learned: 'status' }]);
    expect(body['value']).toHaveLength(1);
    expect(service.sandbox.requeues(jobId)).toBe(1);
  },
);

test('a recurring run whose event comes late is kept as failed, once the job has run again', async () => {
  const hourly = { ...nightlyPosting, recurrence: { everyMs: 60 * minute } };
  await using service = await aWatch({ jobs: [hourly] });
  await pass(service, minute);
  const event = await failureEvent(service);
  await watchFor(service, 20 * minute);
  const before = await service.get(`batch-jobs/${jobId}/runs`);
  expect(before.body).toMatchObject({ value: [{ end: 'ended', learned: null, isSettled: true }] });
  expect((await service.deliver(event)).body).toMatchObject({ decision: 'requeued' });
  await pass(service, minute);
  await runFor(service, jobId, minute);
  await watchFor(service, 15 * minute);
  const { body } = await service.get(`batch-jobs/${jobId}/runs`);
  expect(body['value']).toMatchObject([{ end: 'ended' }, { end: 'failed', learned: 'event' }]);
  expect(body['value']).toHaveLength(2);
  expect(JSON.stringify(body)).not.toContain('position');
});

test('no run says that an event told its end if none came, however many failed so', async () => {
  await using service = await aWatch();
  await service.deliver(await failureEvent(service));
  for (let failures = 0; failures < 3; failures++) {
    await pass(service, 3 * minute);
    await runFor(service, jobId, minute);
    await pass(service, 3 * minute);
  }
  await watchFor(service, 20 * minute);
  const { body } = await service.get(`batch-jobs/${jobId}/runs`);
  const all = ['read', 'read', 'read', 'event'].map((learned) => ({ end: 'failed', learned }));
  expect(body['value']).toMatchObject(all);
});

test.each([1.5, 7])(
  'a failed run whose status F&O shows %d minutes after its end is requeued once',
  async (minutes) => {
    const late: NewBatchJob = { ...nightlyPosting, traits: { statusShowsAfterMs: minutes * minute } };
    await using service = await aWatch({ jobs: [late] });
    await pass(service, 4 * minute);
    await runFor(service, jobId, minute);
    await service.service.watch();
    await watchFor(service, 20 * minute);
    expect(service.sandbox.requeues(jobId)).toBe(1);
    const { body } = await service.get(`batch-jobs/${jobId}/runs`);
    expect(body['value']).toMatchObject([{ end: 'failed', learned: 'status', isSettled: true }]);
  },
);

test('the runs of a time are those of all listed jobs, page by page, the oldest first', async () => {
  await using service = await aWatch();
  for (let n = 0; n < 3; n++) {
    await pass(service, 10 * minute);
    service.sandbox.setStatus(well.jobId, 'Waiting');
    await runFor(service, well.jobId, minute);
    await watchFor(service, 5 * minute);
  }
  const found: unknown[] = [];
  let path: string | null = 'runs?limit=2&from=2026-03-02';
  while (path !== null) {
    const { body } = await service.get(path);
    found.push(...z(body['value']));
    path = typeof body['nextLink'] === 'string' ? (body['nextLink'].split('/api/')[1] ?? null) : null;
  }
  expect(found).toMatchObject([1, 2, 3].map(() => ({ jobId: well.jobId, end: 'finished' })));
  expect((await service.get('runs?to=2026-03-02T01:00:00Z')).body).toEqual({ value: [] });
});

test('runs of more than 90 days ago are pruned', async () => {
  await using service = await aWatch();
  await runFor(service, well.jobId, minute);
  await watchFor(service, 5 * minute);
  if (service.clock instanceof ManualClock) await service.clock.advance(92 * 24 * 60 * minute);
  expect(await service.service.pruneHistory()).toBeGreaterThan(0);
  expect((await service.get(`batch-jobs/${well.jobId}/runs`)).body).toEqual({ value: [] });
});

function z(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
