import { expect, test } from 'vitest';
import { aService, failureEvent, nightlyPosting, type TestService } from '../../helpers/a-service.ts';
import { everyJob } from '../../helpers/policies.ts';
import { attentions, minute, pass, theJob } from '../playing.ts';

const { jobId } = nightlyPosting;
const once = { policy: { defaults: { maxRetries: 1 }, ...everyJob } };

test('what F&O could not take for giveUpAfter is given up and announced once, its budget stays, and it is watched for a day', async () => {
  await using service = await aService({ policy: { defaults: { giveUpAfter: 'PT6H' }, ...everyJob } });
  service.sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'any', times: Infinity });
  await service.deliver(await failureEvent(service));
  await pass(service, 12 * 60 * minute);

  expect(await theJob(service)).toMatchObject({
    state: 'refused',
    retriesUsed: 0,
    dueAt: expect.any(String),
  });
  expect(attentions(service)).toEqual([expect.stringMatching(/gives up: a person must look/)]);
  await pass(service, 20 * 60 * minute);
  expect(await theJob(service)).toMatchObject({ state: 'refused', dueAt: null });
  expect(attentions(service)).toHaveLength(1);
});

test('set-up that is wrong is announced at the first deferral, not at each', async () => {
  await using service = await aService();
  for (const on of ['action', 'read'] as const)
    service.sandbox.faults.add({ kind: 'forbidden' }, { on, times: 2 });
  await service.deliver(await failureEvent(service));
  await pass(service, 8 * 60 * minute);

  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(attentions(service)).toEqual([expect.stringMatching(/cannot use F&O as it is set up/)]);
});

test('what a person made of a job that was given up is found by the watch', async () => {
  await using service = await aService({ policy: { defaults: { giveUpAfter: 'PT6H' }, ...everyJob } });
  service.sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'any', times: Infinity });
  await service.deliver(await failureEvent(service));
  await pass(service, 8 * 60 * minute);
  service.sandbox.faults.clear();
  service.sandbox.setScript(jobId, { kind: 'succeed' });
  service.sandbox.setStatus(jobId, 'Waiting');
  await service.sandbox.run(jobId);
  await pass(service, 60 * minute);

  expect(service.sandbox.requeues(jobId)).toBe(0);
  expect(await theJob(service)).toMatchObject({ state: 'recovered', dueAt: null });
});

test('once a person has started an exhausted job its episode is over, and its next failure has a full budget', async () => {
  await using service = await aService(once);
  await exhaust(service);
  service.sandbox.setStatus(jobId, 'Waiting');
  await pass(service, 40 * minute);
  expect(await theJob(service)).toMatchObject({ state: 'exhausted', retriesUsed: 1 });

  const run = service.sandbox.run(jobId, 60 * minute);
  await pass(service, 61 * minute);
  expect(await run).toBe('failed');
  expect((await service.deliver(service.sandbox.failedEvent(jobId))).body).toMatchObject({
    decision: 'requeued',
    retry: 1,
  });
});

test('a failure that comes within the exhausted episode is exhausted, too, and announced to nobody', async () => {
  await using service = await aService(once);
  await exhaust(service);
  service.sandbox.setStatus(jobId, 'Waiting');

  expect((await service.deliver(await failureEvent(service))).body).toMatchObject({ decision: 'exhausted' });
  await pass(service, 2 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(attentions(service)).toHaveLength(1);
});

test('an exhausted job that recurs is not requeued more for waiting again, nor for a scheduled run that failed', async () => {
  const nightly = { ...nightlyPosting, recurrence: { everyMs: 60 * minute } };
  await using service = await aService({ ...once, jobs: [nightly] });
  await exhaust(service);
  for (let hour = 0; hour < 6; hour++) {
    await pass(service, 59 * minute);
    await service.deliver(await failureEvent(service));
  }

  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(await theJob(service)).toMatchObject({ state: 'exhausted', retriesUsed: 1 });
  expect(attentions(service)).toHaveLength(1);
});

test('an exhausted job that stays in Error is watched for a day, requeued by nobody and announced once', async () => {
  await using service = await aService(once);
  await exhaust(service);
  await pass(service, 26 * 60 * minute);

  expect(await theJob(service)).toMatchObject({ state: 'exhausted', dueAt: null });
  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(attentions(service)).toHaveLength(1);
});

/** The job fails, is requeued, and fails again. */
async function exhaust(service: TestService): Promise<void> {
  for (const decision of ['requeued', 'exhausted']) {
    expect((await service.deliver(await failureEvent(service))).body).toMatchObject({ decision });
  }
}
