import { expect, test } from 'vitest';
import { addMs } from '../../../src/domain/instants.ts';
import type { NewBatchJob } from '../../../src/sandbox/batch-job.ts';
import { aServiceWithCauses, type ServiceWithCauses } from '../../helpers/a-service-with-causes.ts';
import { nightlyPosting, type ServiceSetup } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { history, minute, pass } from '../playing.ts';
import { watchFor } from './watching.ts';

const { jobId } = nightlyPosting;
const hourly: NewBatchJob = { ...nightlyPosting, recurrence: { everyMs: 60 * minute } };
const nightly = { everyMs: 24 * 60 * minute };

type Task = 'Start' | 'Failure' | 'Finished';

/** The job runs for a minute and fails; no event comes. */
async function run(service: ServiceWithCauses): Promise<void> {
  const running = service.sandbox.run(jobId, minute);
  if (service.clock instanceof ManualClock) await service.clock.advance(minute);
  await running;
}

/** A recurring job fails, and its event is lost. */
async function aLostEvent(setup: ServiceSetup = {}): Promise<ServiceWithCauses> {
  const service = await aServiceWithCauses({ jobs: [hourly], ...setup });
  await service.service.watch();
  await pass(service, minute);
  await run(service);
  return service;
}

/** What a task of the run that has just ended did: a second after each other, from 50 seconds before its end. */
function writeTask(service: ServiceWithCauses, taskId: string, ...kinds: Task[]): void {
  for (const [second, kind] of kinds.entries()) writeAt(service, second - 50, taskId, kind);
}

function writeAt(service: ServiceWithCauses, second: number, taskId: string, kind: Task): void {
  const at = addMs(service.clock.now(), second * 1000);
  service.write({ at, kind: `BatchTask${kind}`, taskId, text: 'It failed.' });
}

function writeTasks(service: ServiceWithCauses, ...kinds: Task[]): void {
  writeTask(service, '1', ...kinds);
}

function writeOthers(service: ServiceWithCauses, count: number): void {
  for (let n = 0; n < count; n += 1) writeTask(service, String(200 + n), 'Start', 'Finished');
}

function writeTexts(service: ServiceWithCauses, count: number): void {
  for (let n = 0; n < count; n += 1)
    service.write({ at: addMs(service.clock.now(), -45_000), text: `Line ${n}` });
}

function manyJobs(count: number): NewBatchJob[] {
  return Array.from({ length: count }, (_, n) => ({
    ...hourly,
    jobId: String(n + 1001),
    recurrence: nightly,
  }));
}

/** All of them run for a minute and fail; no event comes. */
async function runAll(service: ServiceWithCauses, jobs: readonly NewBatchJob[]): Promise<void> {
  for (const job of jobs) service.sandbox.startNow(job.jobId, 'person');
  const running = jobs.map((job) => service.sandbox.run(job.jobId, minute));
  if (service.clock instanceof ManualClock) await service.clock.advance(minute);
  await Promise.all(running);
}

function writeOf(service: ServiceWithCauses, job: string, ...kinds: Task[]): void {
  for (const [second, kind] of kinds.entries())
    service.write({
      at: addMs(service.clock.now(), second * 1000 - 50_000),
      jobId: job,
      kind: `BatchTask${kind}`,
      taskId: '1',
    });
}

async function runsOf(service: ServiceWithCauses): Promise<unknown> {
  return (await service.get(`batch-jobs/${jobId}/runs`)).body['value'];
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
  ['failed and finished without a start between', ['Start', 'Failure', 'Finished'], 'ended'],
  ['failed without a start', ['Failure'], 'ended'],
  ['says nothing', [], 'ended'],
] as const)('a run whose only task %s is not requeued', async (_what, tasks, end) => {
  await using service = await aLostEvent();
  writeTasks(service, ...tasks);
  await watchFor(service, 70 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(0);
  expect(await runsOf(service)).toMatchObject([{ end, isSettled: true }]);
});

test.each([
  ['texts', (service: ServiceWithCauses) => writeTexts(service, 120)],
  ['other tasks', (service: ServiceWithCauses) => writeOthers(service, 60)],
])(
  'a failed task that ran again proves nothing, though many %s come between',
  async (_what, writeBetween) => {
    await using service = await aLostEvent();
    writeTasks(service, 'Start', 'Failure');
    writeBetween(service);
    writeAt(service, -20, '1', 'Start');
    writeAt(service, -10, '1', 'Finished');
    await watchFor(service, 70 * minute);
    expect(service.sandbox.requeues(jobId)).toBe(0);
    expect(await runsOf(service)).toMatchObject([{ end: 'ended' }]);
  },
);

test.each([
  ['texts', (service: ServiceWithCauses) => writeTexts(service, 120)],
  ['tasks that ended well', (service: ServiceWithCauses) => writeOthers(service, 60)],
  ['very many tasks that ended well', (service: ServiceWithCauses) => writeOthers(service, 1500)],
])('a task that failed at last is found behind many %s', async (_what, writeBefore) => {
  await using service = await aLostEvent();
  writeBefore(service);
  writeAt(service, -20, '1', 'Start');
  writeAt(service, -10, '1', 'Failure');
  await watchFor(service, 20 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('of more tasks than one answer tells, it is not known whether all ended well', async () => {
  await using service = await aLostEvent();
  writeOthers(service, 1500);
  writeAt(service, -20, '1', 'Start');
  await watchFor(service, 70 * minute);
  expect(await runsOf(service)).toMatchObject([{ end: 'ended', isSettled: true }]);
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
  const many = manyJobs(30);
  await using service = await aServiceWithCauses({ jobs: many });
  await service.service.watch();
  await pass(service, minute);
  await runAll(service, many);
  for (const job of many) writeOf(service, job.jobId, 'Start', 'Failure');
  await service.pass(90);
  await watchFor(service, 15 * minute);
  expect(many.map((job) => service.sandbox.requeues(job.jobId))).toEqual(many.map(() => 1));
});

/** A run fails, is requeued, and the next begins a second after its end. */
async function aNextRun(script: 'succeed' | 'always-fail', failureSecond: number, taskIds: [string, string]) {
  const service = await aServiceWithCauses({ jobs: [hourly] });
  await service.service.watch();
  await pass(service, minute);
  await run(service);
  writeAt(service, -50, taskIds[0], 'Start');
  writeAt(service, failureSecond, taskIds[0], 'Failure');
  expect((await service.deliver(service.sandbox.failedEvent(jobId))).status).toBe(200);
  expect(service.sandbox.requeues(jobId)).toBe(1);
  service.sandbox.setScript(jobId, { kind: script });
  await service.passSeconds(1);
  writeAt(service, 0, taskIds[1], 'Start');
  await run(service);
  return service;
}

const others: [string, string] = ['1', '2'];
const same: [string, string] = ['1', '1'];

test.each([
  ['at its end', 0, others, ['Finished'], 'finished'],
  ['1.5 seconds later', 1.5, others, ['Finished'], 'finished'],
  ['4 seconds later', 4, others, ['Finished'], 'finished'],
  ['at its end, of the same task', 0, same, ['Finished'], 'finished'],
  ['4 seconds later, of the same task', 4, same, ['Finished'], 'ended'],
  ['4 seconds later, of the same task whose end is lost', 4, same, [], 'ended'],
] as const)(
  'a failure of the run before that was written %s is not one of the next run',
  async (_what, second, [one, other], kinds, end) => {
    await using service = await aNextRun('succeed', second, [one, other]);
    for (const kind of kinds) writeAt(service, 0, other, kind);
    await watchFor(service, 70 * minute);
    expect(service.sandbox.requeues(jobId)).toBe(1);
    expect(await runsOf(service)).toMatchObject([{ end }, { end: 'failed', learned: 'event' }]);
  },
);

test.each([
  ['another', others],
  ['the same', same],
])('a run that begins right after a failed one and fails by %s task is requeued', async (_what, taskIds) => {
  await using service = await aNextRun('always-fail', 1.5, taskIds);
  writeAt(service, -1, taskIds[1], 'Failure');
  await watchFor(service, 20 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(2);
});

test('runs of which the telemetry tells nothing do not hold up the others', async () => {
  const many = manyJobs(105);
  await using service = await aServiceWithCauses({ jobs: many });
  await service.service.watch();
  await pass(service, minute);
  await runAll(service, many);
  const failed = many.slice(100);
  for (const { jobId: id } of failed) writeOf(service, id, 'Start', 'Failure');
  await watchFor(service, 45 * minute);
  expect(failed.map((job) => service.sandbox.requeues(job.jobId))).toEqual([1, 1, 1, 1, 1]);
  await watchFor(service, 75 * minute);
  const { body } = await service.get('runs?from=2026-03-02T00:00:00Z&limit=200');
  expect(body['value']).toHaveLength(105);
  expect(body['value']).not.toContainEqual(expect.objectContaining({ isSettled: false }));
  expect(service.logs.queries.length).toBeLessThan(105 * 6);
});

test('a run whose telemetry answers with faults does not hold up the others', async () => {
  const many = manyJobs(22);
  await using service = await aServiceWithCauses({ jobs: many });
  await service.service.watch();
  await pass(service, minute);
  await runAll(service, many);
  const last = many.at(-1)?.jobId ?? '';
  writeOf(service, last, 'Start', 'Failure');
  service.logs.failFor('1001', { kind: 'error', status: 504, code: 'GatewayTimeout' });
  await watchFor(service, 30 * minute);
  expect(service.sandbox.requeues(last)).toBe(1);
});
