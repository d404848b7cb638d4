import { expect, test } from 'vitest';
import type { NewBatchJob } from '../../../src/sandbox/batch-job.ts';
import { aService, failureEvent, nightlyPosting, type ServiceSetup } from '../../helpers/a-service.ts';
import { finishedEvent, history, minute, newest, pass, theJob } from '../playing.ts';
import { watchFor } from './watching.ts';

const { jobId } = nightlyPosting;
const hourly: NewBatchJob = { ...nightlyPosting, recurrence: { everyMs: 60 * minute } };

async function aWatch(setup: ServiceSetup = {}) {
  const service = await aService({ jobs: [hourly], sandbox: { history: {} }, ...setup });
  await service.service.watch();
  return service;
}

test('a recurring job that failed is found by the batch history, though it waits again, and is requeued', async () => {
  await using service = await aWatch();
  await failureEvent(service);
  expect(service.sandbox.job(jobId).status).toBe('Waiting');
  await watchFor(service, 10 * minute);

  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(await newest(service)).toMatchObject({
    decision: 'requeued',
    eventId: expect.stringMatching(/^LOST-/),
    learned: 'history',
  });
});

test.each(['BatchJobsHistoryEntities', 'BatchJobHistoriesV2', 'SysBatchHistoryEntities'])(
  'the batch history is found as %s',
  async (entitySet) => {
    await using service = await aService({ jobs: [hourly], sandbox: { history: { entitySet } } });
    await failureEvent(service);
    await service.service.watch();
    await failureEvent(service);
    await watchFor(service, 10 * minute);
    expect(service.sandbox.requeues(jobId)).toBe(1);
  },
);

test('without a batch history nobody knows how a recurring run ended: the watch does nothing', async () => {
  await using service = await aWatch({ sandbox: {} });
  await failureEvent(service);
  await watchFor(service, 30 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(0);
  expect(await history(service)).toEqual([]);
});

test('where F&O clears the times of a recurring job, its history finds the failure', async () => {
  const job: NewBatchJob = { ...hourly, traits: { times: 'cleared' } };
  await using service = await aWatch({ jobs: [job] });
  await failureEvent(service);
  await watchFor(service, 15 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('a requeued recurring run that the history calls finished has recovered', async () => {
  const job: NewBatchJob = { ...hourly, script: { kind: 'fail-times', times: 1 } };
  await using service = await aWatch({ jobs: [job] });
  await service.deliver(await failureEvent(service));
  await pass(service, 2 * minute);
  await service.sandbox.run(jobId);
  await watchFor(service, 10 * minute);
  expect(await theJob(service)).toMatchObject({ state: 'recovered', retriesUsed: 0 });
});

test('an event that comes after the history told its failure is a duplicate', async () => {
  await using service = await aWatch();
  const event = await failureEvent(service);
  await watchFor(service, 10 * minute);
  expect((await service.deliver(event)).body).toMatchObject({ decision: 'duplicate' });
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test.each([0, 8 * minute])(
  'an event that comes after a look showed a newer run, which ended well, requeues nothing (it waits again after %d ms)',
  async (returnsAfterMs) => {
    const script = { kind: 'fail-times', times: 1 } as const;
    const job: NewBatchJob = { ...hourly, traits: { times: 'cleared', returnsAfterMs }, script };
    await using service = await aWatch({ jobs: [job] });
    const event = await failureEvent(service);
    await pass(service, 9 * minute);
    await service.sandbox.run(jobId);
    await watchFor(service, 15 * minute);

    expect((await service.deliver(event)).body).toMatchObject({ decision: 'superseded' });
    expect(service.sandbox.requeues(jobId)).toBe(0);
  },
);

test('a run that ended well, and that F&O goes on showing, leaves no record', async () => {
  const job: NewBatchJob = { ...hourly, script: { kind: 'succeed' } };
  await using service = await aWatch({ jobs: [job] });
  await pass(service, minute);
  await service.sandbox.run(jobId);
  await watchFor(service, 15 * minute);
  expect((await service.get(`batch-jobs/${jobId}/runs`)).body).toMatchObject({
    value: [{ end: 'finished' }],
  });
  expect((await service.get('batch-jobs')).body).toEqual({ value: [] });
});

test('a row that the history shows late still counts: what was ended is a failure then', async () => {
  await using service = await aWatch({ sandbox: { history: { writtenAfterMs: 8 * minute } } });
  await failureEvent(service);
  await watchFor(service, 5 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(0);
  await watchFor(service, 10 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('while the history cannot be read, what only it can tell waits for it', async () => {
  await using service = await aWatch();
  await watchFor(service, 10 * minute);
  await failureEvent(service);
  service.sandbox.faults.add({ kind: 'server-error', committed: false }, { on: 'history', times: 4 });
  await watchFor(service, 20 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(0);
  await watchFor(service, 10 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('the history is looked for once a day where there is none, and once where there is one', async () => {
  await using without = await aWatch({ sandbox: {} });
  await watchFor(without, 120 * minute);
  await using service = await aWatch();
  await failureEvent(service);
  await watchFor(service, 120 * minute);
  const asked = ({ sandbox }: typeof service, path: RegExp) =>
    sandbox.requests.filter(({ path: found }) => path.test(found)).length;
  expect(asked(without, /^\/data$/)).toBe(1);
  expect(asked(service, /^\/data$/)).toBe(2);
});

test('a finished event that comes first is believed, and the history changes nothing', async () => {
  const job: NewBatchJob = { ...hourly, sends: ['failed', 'finished'], script: { kind: 'succeed' } };
  await using service = await aWatch({ jobs: [job] });
  await service.deliver(await finishedEvent(service));
  const before = await history(service);
  await watchFor(service, 20 * minute);
  expect(await history(service)).toEqual(before);
});

test.each([
  ['failed', 'always-fail'],
  ['ended well', 'succeed'],
] as const)(
  'two rows of one run that %s contradict each other: they tell nothing, and nothing is guessed',
  async (_how, kind) => {
    const job: NewBatchJob = { ...hourly, script: { kind }, traits: { historyContradicts: true } };
    await using service = await aWatch({ jobs: [job] });
    await pass(service, minute);
    await service.sandbox.run(jobId);
    await watchFor(service, 30 * minute);
    expect(service.sandbox.requeues(jobId)).toBe(0);
    const { body } = await service.get(`batch-jobs/${jobId}/runs`);
    expect(body['value']).toMatchObject([{ end: 'ended', learned: null }]);
    expect(body['value']).toHaveLength(1);
  },
);

test('of a run whose rows contradict each other, its event still tells', async () => {
  const job: NewBatchJob = { ...hourly, traits: { historyContradicts: true } };
  await using service = await aWatch({ jobs: [job] });
  await service.deliver(await failureEvent(service));
  await watchFor(service, 15 * minute);
  const { body } = await service.get(`batch-jobs/${jobId}/runs`);
  expect(body['value']).toMatchObject([{ end: 'failed', learned: 'event' }]);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('a job that code made is left alone, also if only the batch history shows its run', async () => {
  const made: NewBatchJob = { ...nightlyPosting, runtimeJob: true };
  const cleared: NewBatchJob = { ...hourly, jobId: '2', traits: { times: 'cleared' } };
  await using service = await aWatch({ jobs: [made, cleared] });
  await failureEvent(service);
  await failureEvent(service, '2');
  await watchFor(service, 30 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(0);
  expect((await service.get(`batch-jobs/${jobId}/runs`)).body).toEqual({ value: [] });
  expect(service.sandbox.requeues('2')).toBe(1);
});
