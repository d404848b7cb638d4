import { expect, test } from 'vitest';
import type { NewBatchJob } from '../../../src/sandbox/batch-job.ts';
import type { SandboxOptions } from '../../../src/sandbox/sandbox-types.ts';
import { aService, failureEvent, nightlyPosting, type TestService } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { attentions, history, minute, pass } from '../playing.ts';
import { watchFor } from './watching.ts';

const { jobId } = nightlyPosting;
const hour = 60 * minute;

/** A job that always fails, by its schedule too, and of which F&O's batch history tells. */
async function aFailingJob(everyMs: number, watchEvery: string, sandbox: SandboxOptions = {}) {
  const job: NewBatchJob = { ...nightlyPosting, recurrence: { everyMs } };
  const service = await aService({
    jobs: [job],
    sandbox: { history: {}, autoRun: { pickupMs: 10_000, runMs: minute / 2 }, ...sandbox },
    settings: { WATCH_EVERY: watchEvery },
  });
  await service.service.watch();
  return service;
}

/** Time passes, the service does what is due, and each nth event arrives: a host's timer asks for looks. */
async function live(service: TestService, ms: number, everyNth = 0): Promise<void> {
  let delivered = service.sandbox.job(jobId).runs.length;
  for (let passed = 0; passed < ms; passed += minute) {
    await pass(service, minute);
    await service.service.watch();
    const { runs, status } = service.sandbox.job(jobId);
    if (everyNth === 0 || runs.length === delivered || status === 'Executing') continue;
    delivered = runs.length;
    if (delivered % everyNth === 0) await service.deliver(service.sandbox.failedEvent(jobId));
  }
}

async function standStill({ clock }: TestService, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += minute) {
    if (clock instanceof ManualClock) await clock.advance(minute);
  }
}

/** What a job that always fails must come to: one episode, which is announced once. */
async function cameTo(service: TestService) {
  const begins = JSON.stringify(await history(service)).split('a new episode begins').length;
  return {
    requeues: service.sandbox.requeues(jobId),
    episodes: begins,
    announced: attentions(service).length,
  };
}

const fiveInOne = { requeues: 5, episodes: 1, announced: 1 };

test('a job that always fails gets at most five requeues where looks are rare', async () => {
  await using service = await aFailingJob(20 * minute, 'PT30M');
  await live(service, 10 * hour);
  expect(await cameTo(service)).toEqual(fiveInOne);
});

test.each([
  [20, 0],
  [60, 0],
  [16, 3],
  [25, 3],
])(
  '… and where searches fail for hours, and it fails every %d minutes (each event of %d arrives)',
  async (minutes, everyNth) => {
    await using service = await aFailingJob(minutes * minute, 'PT5M');
    await live(service, 31 * minute, everyNth);
    service.sandbox.faults.add({ kind: 'server-error' }, { on: 'list', times: 30 });
    await live(service, 7 * hour, everyNth);
    expect(await cameTo(service)).toEqual(fiveInOne);
  },
);

test.each([
  [16, 0],
  [60, 0],
  [25, 2],
  [32, 3],
])(
  '… and where the service stood still for hours, and it fails every %d minutes (each event of %d arrives)',
  async (minutes, everyNth) => {
    await using service = await aFailingJob(minutes * minute, 'PT5M');
    await live(service, 31 * minute, everyNth);
    await standStill(service, 3 * hour);
    await live(service, 7 * hour, everyNth);
    expect(await cameTo(service)).toEqual(fiveInOne);
  },
);

test('a failure that a newer run makes moot ends what was followed, and its late event requeues nothing', async () => {
  const job: NewBatchJob = { ...nightlyPosting, recurrence: { everyMs: hour } };
  await using service = await aService({ jobs: [job], sandbox: { history: {} } });
  await service.service.watch();
  await service.deliver(await failureEvent(service));
  const moot = await failureEvent(service);
  const newest = await failureEvent(service);
  await watchFor(service, 10 * minute);
  expect(await history(service)).toMatchObject([
    { decision: 'requeued', retry: 2, learned: 'history' },
    {
      decision: 'superseded',
      learned: 'history',
      reason: expect.stringMatching(/^No event said that this run failed/),
    },
    { decision: 'requeued', retry: 1 },
  ]);

  expect((await service.deliver(moot)).body).toMatchObject({ decision: 'superseded' });
  expect((await service.deliver(newest)).body).toMatchObject({ decision: 'duplicate' });
  expect(service.sandbox.requeues(jobId)).toBe(2);
  const { body } = await service.get(`batch-jobs/${jobId}/runs`);
  expect(body['value']).toMatchObject(
    ['history', 'history', 'event'].map((learned) => ({ end: 'failed', learned })),
  );
});

test('a job that heals at the first retry is retried for ever, though its history tells only failures', async () => {
  const job: NewBatchJob = {
    ...nightlyPosting,
    recurrence: { everyMs: hour },
    script: { kind: 'fail-every', nth: 4 },
    traits: { history: 'ErrorsOnly' },
  };
  await using service = await aService({
    jobs: [job],
    sandbox: { history: {}, autoRun: { pickupMs: 10_000, runMs: minute / 2 } },
  });
  await service.service.watch();
  for (let passed = 0; passed < 40; passed++) await live(service, hour, 1);
  const failures = service.sandbox.job(jobId).runs.filter(({ outcome }) => outcome === 'failed');
  expect(failures.length).toBeGreaterThan(8);
  expect(service.sandbox.requeues(jobId)).toBe(failures.length);
  expect(attentions(service)).toEqual([]);
});
