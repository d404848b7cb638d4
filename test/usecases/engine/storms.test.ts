import { expect, test } from 'vitest';
import { StoreUnavailable } from '../../../src/ports/ledger.ts';
import { aService, failureEvent, nightlyPosting, type TestService } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { failureOf } from '../intake/many-failures.ts';
import { routesCalled } from '../playing.ts';

const jobs = Array.from({ length: 12 }, (_, index) => ({ ...nightlyPosting, jobId: String(index + 1) }));
const minute = 60_000;

test('no more requeues a minute are sent than REQUEUES_PER_MINUTE, and in the end every job gets its own', async () => {
  await using service = await aService({ jobs, settings: { REQUEUES_PER_MINUTE: '3' } });
  const events = await failuresOf(service);

  const answers = await Promise.all(events.map((event) => service.deliver(event)));

  const decisions = answers.map(({ body }) => body['decision']);
  expect(decisions.filter((decision) => decision === 'requeued')).toHaveLength(3);
  expect(decisions.filter((decision) => decision === 'deferred')).toHaveLength(9);
  const sentBy: number[] = [];
  for (let minutes = 0; minutes < 10; minutes++) {
    await pass(service, minute);
    sentBy.push(requeues(service));
  }
  expect(sentBy.at(-1)).toBe(12);
  const perMinute = sentBy.map((sent, index) => sent - (sentBy[index - 1] ?? 3));
  expect(Math.max(...perMinute)).toBeLessThanOrEqual(3);
});

test('after five faults in a row the breaker opens: for further failures F&O is neither read nor asked until a probe has got through', async () => {
  await using service = await aService({ jobs });
  const events = await failuresOf(service);
  outage(service);
  for (const event of events.slice(0, 5)) await service.deliver(event);
  expect(routesCalled(service)).toEqual(['read', 'read', 'read', 'read', 'read']);

  for (const event of events.slice(5)) {
    expect(await service.deliver(event)).toMatchObject({
      status: 202,
      body: {
        decision: 'deferred',
        reason: expect.stringMatching(/circuit breaker is open: no request is sent to F&O until/),
      },
    });
  }
  expect(routesCalled(service)).toHaveLength(5);

  service.sandbox.faults.clear();
  await pass(service, 30 * minute);
  expect(jobs.map(({ jobId }) => service.sandbox.requeues(jobId))).toEqual(jobs.map(() => 1));
  expect((await service.get('batch-jobs')).body).toMatchObject({
    value: jobs.map(() => ({ retriesUsed: 1 })),
  });
});

test('many failures of one job at once are all taken while F&O hangs', async () => {
  const clock = new ManualClock();
  await using service = await aService({ clock });
  await service.sandbox.run(nightlyPosting.jobId);
  service.sandbox.faults.add({ kind: 'hang', committed: false }, { on: 'read', times: 99 });
  const events = Array.from({ length: 150 }, (_, index) => failureOf(nightlyPosting, index));
  const answers = Promise.all(events.map((event) => service.deliver(event)));
  const reads = () => routesCalled(service).length;
  await expect.poll(reads).toBe(1);
  // The others wait for the first, then no longer. F&O has 32 connections.
  await clock.advance(2400);
  await expect.poll(reads).toBe(32);
  await clock.advance(1600);
  expect((await answers).map(({ status }) => status)).not.toContain(503);
});

test('while the store grants no permit nothing is sent, and once it does each request is', async () => {
  let isLost = true;
  await using service = await aService({
    wrapLedger: (ledger) => {
      const update = ledger.updateEnvironment.bind(ledger);
      ledger.updateEnvironment = (environment, change) =>
        isLost ? Promise.reject(new StoreUnavailable('lost')) : update(environment, change);
      return ledger;
    },
  });
  const { body } = await service.deliver(await failureEvent(service));
  expect(body).toMatchObject({
    decision: 'deferred',
    reason: expect.stringMatching(/asked for a permit/),
  });
  expect(routesCalled(service)).toEqual(['read']);
  isLost = false;
  await pass(service, minute);
  expect(service.sandbox.requeues(nightlyPosting.jobId)).toBe(1);
});

test('the breaker opens, too, for an F&O that can be read and takes no request', async () => {
  await using service = await aService({ jobs });
  const events = await failuresOf(service);
  service.sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'action', times: Infinity });
  for (const event of events) await service.deliver(event);
  expect(routesCalled(service).filter((route) => route === 'action')).toHaveLength(5);

  service.sandbox.faults.clear();
  await pass(service, 30 * minute);
  expect(jobs.map(({ jobId }) => service.sandbox.requeues(jobId))).toEqual(jobs.map(() => 1));
});

test('after an outage the backlog comes back spread out, not at once', async () => {
  await using service = await aService({ jobs, random: spread() });
  const events = await failuresOf(service);
  outage(service);
  for (const event of events) await service.deliver(event);
  service.sandbox.faults.clear();

  const sent: number[] = [];
  for (let steps = 0; steps < 60; steps++) {
    await pass(service, minute / 12);
    sent.push(requeues(service));
  }

  expect(sent.at(-1)).toBe(12);
  expect(new Set(sent).size).toBeGreaterThan(6);
});

function outage({ sandbox }: TestService): void {
  for (const on of ['action', 'read'] as const) {
    sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on, times: Infinity });
  }
}

async function failuresOf(service: TestService): Promise<string[]> {
  const events: string[] = [];
  if (service.clock instanceof ManualClock) await service.clock.advance(minute);
  for (const { jobId } of jobs) {
    await service.sandbox.run(jobId);
    events.push(service.sandbox.failedEvent(jobId));
  }
  return events;
}

async function pass({ clock, service }: TestService, ms: number): Promise<void> {
  const step = 5000;
  for (let passed = 0; passed < ms; passed += step) {
    if (clock instanceof ManualClock) await clock.advance(step);
    while ((await service.pollWorkQueue()) > 0);
  }
}

function requeues({ sandbox }: TestService): number {
  return jobs.reduce((sum, { jobId }) => sum + sandbox.requeues(jobId), 0);
}

/** Chance that goes evenly through what it can be. */
function spread(): () => number {
  let turn = 0;
  return () => (turn++ * 0.37) % 1;
}
