import { expect, test } from 'vitest';
import type { NewBatchJob } from '../../../src/sandbox/batch-job.ts';
import { aService, failureEvent, nightlyPosting, type ServiceSetup } from '../../helpers/a-service.ts';
import type { TakenRecord } from '../../kql-evaluator/tables-of.ts';
import { recordInto } from '../../adapters/telemetry/record-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { everyJob } from '../../helpers/policies.ts';
import { attentions, minute, newest, pass, theJob } from '../playing.ts';

const { jobId } = nightlyPosting;
const healing: NewBatchJob = { ...nightlyPosting, script: { kind: 'fail-times', times: 1 } };

/** A service that has looked once, so that it watches from now on. */
async function aWatch(setup: ServiceSetup = {}) {
  const service = await aService(setup);
  await service.service.watch();
  return service;
}

/** Looks as a host does, and does what is due, for this long. */
async function watchFor(service: Awaited<ReturnType<typeof aWatch>>, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 5 * minute) {
    await pass(service, 5 * minute);
    await service.service.watch();
  }
}

test('a failure whose event is lost is found, requeued by the policy, and marked in the history', async () => {
  await using service = await aWatch();
  await failureEvent(service);
  await watchFor(service, 10 * minute);

  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(await newest(service)).toMatchObject({
    decision: 'requeued',
    retry: 1,
    policy: 'Every job',
    eventId: expect.stringMatching(/^LOST-/),
    learned: 'status',
    envelope: null,
  });
});

test('the watch waits five minutes for the event: one that comes in time is handled as ever', async () => {
  await using service = await aWatch();
  const event = await failureEvent(service);
  await pass(service, 4 * minute);
  expect(await service.service.watch()).toBe(0);
  expect(service.sandbox.requeues(jobId)).toBe(0);

  expect((await service.deliver(event)).body).toMatchObject({ decision: 'requeued' });
  await pass(service, 5 * minute);
  expect(await service.service.watch()).toBe(0);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test.each(['retry', 'shadow', 'off'])(
  'an event that comes after the watch found its failure is a duplicate (mode %s)',
  async (mode) => {
    const policy = { defaults: { mode, maxRetries: 1 }, ...everyJob };
    await using service = await aWatch({ policy });
    const event = await failureEvent(service);
    await watchFor(service, 10 * minute);
    const expected = mode === 'off' ? 'ignored' : 'duplicate';
    expect((await service.deliver(event)).body).toMatchObject({ decision: expected });
    expect(service.sandbox.requeues(jobId)).toBe(mode === 'retry' ? 1 : 0);
  },
);

test('with every event lost a job gets its whole budget and no more, and is announced once', async () => {
  await using service = await aWatch({ policy: { defaults: { maxRetries: 2 }, ...everyJob } });
  for (let run = 0; run < 5; run++) {
    if (service.sandbox.job(jobId).status === 'Waiting') await failureEvent(service);
    await watchFor(service, 30 * minute);
  }
  expect(service.sandbox.requeues(jobId)).toBe(2);
  expect(await theJob(service)).toMatchObject({ state: 'exhausted', retriesUsed: 2 });
  expect(attentions(service)).toHaveLength(1);
});

test('what nobody listed is never touched, and a run that ended well changes nothing', async () => {
  const unlisted: NewBatchJob = { jobId: '7', description: 'Another job', script: { kind: 'always-fail' } };
  const well: NewBatchJob = { jobId: '8', description: 'Nightly check', script: { kind: 'succeed' } };
  const policy = { jobs: [{ name: 'Nightly', match: { description: 'Nightly*' } }] };
  await using service = await aWatch({ policy, jobs: [unlisted, well] });
  await service.sandbox.run('7');
  await service.sandbox.run('8');
  await watchFor(service, 20 * minute);
  expect((await service.get('batch-jobs')).body).toMatchObject({ value: [] });
  expect(service.sandbox.requeues('7')).toBe(0);
});

test('a failure of before the first look is left alone', async () => {
  await using service = await aService();
  await failureEvent(service);
  await pass(service, 30 * minute);
  await service.service.watch();
  await watchFor(service, 20 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(0);
});

test('after a standstill of hours, the watch finds what failed meanwhile, but not what failed more than a day ago', async () => {
  await using service = await aWatch({ jobs: [nightlyPosting, { ...healing, jobId: '2' }] });
  await failureEvent(service, '2');
  await pass(service, 30 * 60 * minute);
  await failureEvent(service);
  await pass(service, 20 * 60 * minute);
  await service.service.watch();
  await watchFor(service, 10 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(service.sandbox.requeues('2')).toBe(0);
});

test('two processes look once an interval together, and a look that is not due asks F&O nothing', async () => {
  await using service = await aWatch();
  const searches = () => service.sandbox.requests.filter(({ route }) => route === 'list').length;
  expect(searches()).toBe(1);
  await Promise.all([service.service.watch(), service.service.watch()]);
  await pass(service, minute);
  await service.service.watch();
  expect(searches()).toBe(1);
  await pass(service, 4 * minute);
  await Promise.all([service.service.watch(), service.service.watch()]);
  expect(searches()).toBe(2);
});

test('while F&O throttles, the watch waits as long as F&O asks, and then finds all', async () => {
  await using service = await aWatch();
  await failureEvent(service);
  service.sandbox.faults.add({ kind: 'throttled', retryAfter: '900' }, { on: 'list' });
  await watchFor(service, 10 * minute);
  const searches = () => service.sandbox.requests.filter(({ route }) => route === 'list').length;
  expect(searches()).toBe(2);
  await watchFor(service, 20 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('while the circuit breaker is open, the watch asks nothing', async () => {
  await using service = await aWatch();
  await failureEvent(service);
  service.sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'list', times: 5 });
  await watchFor(service, 25 * minute);
  const before = service.sandbox.requests.length;
  await service.service.watch();
  expect(service.sandbox.requests.length).toBe(before);
  await watchFor(service, 30 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('without events the watch alone drives the service, and does not wait for any', async () => {
  await using service = await aWatch({ settings: { EVENTS: 'none' } });
  await failureEvent(service);
  await watchFor(service, 5 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('a watch that is off asks F&O nothing', async () => {
  await using service = await aWatch({ settings: { WATCH_EVERY: 'off' } });
  await failureEvent(service);
  await watchFor(service, 20 * minute);
  expect(service.sandbox.requests).toHaveLength(0);
});

test('hundreds of runs of other jobs make no search longer, if the policy names its jobs', async () => {
  const others = Array.from({ length: 300 }, (_, n) => ({
    jobId: String(n + 1),
    description: `Other ${n}`,
    script: { kind: 'succeed' as const },
  }));
  const policy = { jobs: [{ name: 'Nightly', match: { jobId: [jobId] } }] };
  const clock = new ManualClock();
  await using service = await aWatch({ clock, policy, jobs: [nightlyPosting, ...others] });
  for (const other of others) await service.sandbox.run(other.jobId);
  await failureEvent(service);
  await watchFor(service, 60 * minute);
  const searches = service.sandbox.requests.filter(({ route }) => route === 'list');
  expect(searches).toHaveLength(13);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test.each([
  ['once, where events are sent', undefined, 1],
  ['never, where none are sent', { EVENTS: 'none' }, 0],
])(
  'telemetry counts a failure whose event did not come as a lost event: %s',
  async (_when, settings, count) => {
    const taken: TakenRecord[] = [];
    await using service = await aWatch({ watch: recordInto(taken), ...(settings ? { settings } : {}) });
    const event = await failureEvent(service);
    await watchFor(service, 20 * minute);
    await service.deliver(event);
    expect(service.sandbox.requeues(jobId)).toBe(1);
    const named = (name: string) => taken.filter(({ record }) => 'name' in record && record.name === name);
    expect(named('batch_retry.event_lost')).toHaveLength(count);
    expect(named('batch_retry.events_lost')).toHaveLength(count);
  },
);

test('telemetry counts no lost event where events of two failures came between two looks', async () => {
  const taken: TakenRecord[] = [];
  await using service = await aWatch({ watch: recordInto(taken), sandbox: { history: {} } });
  for (let failure = 1; failure <= 2; failure++) {
    await service.deliver(await failureEvent(service));
    await pass(service, minute);
  }
  await watchFor(service, 20 * minute);
  expect((await service.get(`batch-jobs/${jobId}/runs`)).body).toMatchObject({ value: [{}, {}] });
  expect(JSON.stringify(taken)).not.toMatch(/events?_lost/);
});
