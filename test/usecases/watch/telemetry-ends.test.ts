import { expect, test } from 'vitest';
import type { NewBatchJob } from '../../../src/sandbox/batch-job.ts';
import { aServiceWithCauses, type ServiceWithCauses } from '../../helpers/a-service-with-causes.ts';
import { failureEvent, nightlyPosting, type ServiceSetup } from '../../helpers/a-service.ts';
import { history, minute } from '../playing.ts';
import { watchFor } from './watching.ts';

const { jobId } = nightlyPosting;
const hourly: NewBatchJob = { ...nightlyPosting, recurrence: { everyMs: 60 * minute } };
const nightly = { everyMs: 24 * 60 * minute };

/** A recurring job fails, and its event is lost. */
async function aLostEvent(setup: ServiceSetup = {}): Promise<ServiceWithCauses> {
  const service = await aServiceWithCauses({ jobs: [hourly], ...setup });
  await service.service.watch();
  await failureEvent(service);
  return service;
}

function writeTasks(service: ServiceWithCauses, ...kinds: ('Start' | 'Failure' | 'Finished')[]): void {
  for (const kind of kinds) service.write({ kind: `BatchTask${kind}`, taskId: '1', text: 'It failed.' });
}

test('a recurring run that failed by the customer’s telemetry is requeued, once its rows are complete', async () => {
  await using service = await aLostEvent();
  writeTasks(service, 'Start', 'Failure');
  await watchFor(service, 10 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(0);
  await watchFor(service, 10 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(await history(service)).toContainEqual(
    expect.objectContaining({ decision: 'requeued', learned: 'telemetry' }),
  );
});

test.each([
  ['finished well', ['Start', 'Finished'], 'finished'],
  ['failed and ran again', ['Start', 'Failure', 'Start', 'Finished'], 'ended'],
  ['says nothing', [], 'ended'],
] as const)('a run whose only task %s is not requeued', async (_what, tasks, end) => {
  await using service = await aLostEvent();
  writeTasks(service, ...tasks);
  await watchFor(service, 70 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(0);
  const { body } = await service.get(`batch-jobs/${jobId}/runs`);
  expect(body).toMatchObject({ value: [{ end, isSettled: true }] });
});

test('without events, the telemetry alone tells of the failures of recurring jobs', async () => {
  await using service = await aLostEvent({ settings: { EVENTS: 'none' } });
  writeTasks(service, 'Start', 'Failure');
  await watchFor(service, 20 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('where F&O shows local times, the telemetry is asked for the time of the run all the same', async () => {
  await using service = await aLostEvent({ sandbox: { runTimesAheadMs: 9 * 60 * minute } });
  writeTasks(service, 'Start', 'Failure');
  await watchFor(service, 20 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('a run is settled only after its telemetry could be asked, however long it could not', async () => {
  await using service = await aLostEvent({ jobs: [{ ...nightlyPosting, recurrence: nightly }] });
  writeTasks(service, 'Start', 'Failure');
  service.logs.fail({ kind: 'throttled', retryAfter: null }, Infinity);
  await watchFor(service, 90 * minute);
  service.logs.clearFaults();
  await watchFor(service, 10 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('after a standstill the telemetry is asked about every run, however many there are', async () => {
  const many = Array.from({ length: 30 }, (_, n) => ({
    ...hourly,
    jobId: String(n + 1),
    recurrence: nightly,
  }));
  await using service = await aServiceWithCauses({ jobs: many });
  await service.service.watch();
  for (const job of many) {
    await failureEvent(service, job.jobId);
    for (const kind of ['BatchTaskStart', 'BatchTaskFailure'] as const)
      service.write({ jobId: job.jobId, kind, taskId: '1' });
  }
  await service.pass(90);
  await watchFor(service, 15 * minute);
  expect(many.map((job) => service.sandbox.requeues(job.jobId))).toEqual(many.map(() => 1));
});
