import { expect, test } from 'vitest';
import type { NewBatchJob } from '../../src/sandbox/batch-job.ts';
import { SimulatedBatchJobs } from '../../src/sandbox/simulated-batch-jobs.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** A job that is due at 01:00 each day, without HTTP; it runs for a minute. */
function aNightlyJob(job: Partial<NewBatchJob> = {}) {
  const clock = new ManualClock(new Date('2026-03-02T01:00:00Z'));
  const jobs = new SimulatedBatchJobs(clock);
  const script = { kind: 'fail-times', times: 1 } as const;
  jobs.add({ jobId: '1', description: 'Nightly', script, recurrence: { everyMs: day }, ...job });
  const run = async (): Promise<string> => {
    const end = jobs.begin('1');
    await clock.advance(minute);
    return end();
  };
  return { clock, jobs, run, job: jobs.get('1') };
}

function at(time: string): Date {
  return new Date(`2026-03-${time}Z`);
}

test('a recurring job returns to Waiting for its next start, whether its run failed or finished', async () => {
  const { clock, jobs, job, run } = aNightlyJob();
  expect(job).toMatchObject({ status: 'Waiting', scheduledAt: at('02T01:00:00') });
  expect(await run()).toBe('failed');
  expect(job).toMatchObject({
    status: 'Waiting',
    scheduledAt: at('03T01:00:00'),
    startedAt: at('02T01:00:00'),
    endedAt: at('02T01:01:00'),
  });
  expect(jobs.isDue('1')).toBe(false);
  await clock.advance(day);
  expect(jobs.isDue('1')).toBe(true);
  expect(await run()).toBe('finished');
  expect(job).toMatchObject({ status: 'Waiting', scheduledAt: at('04T01:00:00') });
});

test('a job without recurrence runs once and stays in Error or Finished', async () => {
  const jobs = new SimulatedBatchJobs(new ManualClock());
  jobs.add({ jobId: '1', description: 'Once', script: { kind: 'fail-times', times: 1 } });
  jobs.begin('1')();
  expect(jobs.get('1')).toMatchObject({ status: 'Error', recurrence: null });
  expect(jobs.setToWaiting('1')).toEqual({ kind: 'accepted' });
  jobs.begin('1')();
  expect(jobs.get('1').status).toBe('Finished');
});

test('the next start is the first one of the series that is later than the return', async () => {
  const { clock, job, run } = aNightlyJob({
    recurrence: { everyMs: 60 * minute, firstAt: at('02T00:30:00') },
  });
  expect(job.scheduledAt).toEqual(at('02T00:30:00'));
  await run();
  expect(job.scheduledAt).toEqual(at('02T01:30:00'));
  await clock.advance(28.5 * minute);
  await run();
  expect(job.scheduledAt).toEqual(at('02T02:30:00'));
});

test('a job whose series begins later waits for it, and returns to it if someone starts it before', async () => {
  const { jobs, job, run } = aNightlyJob({ recurrence: { everyMs: day, firstAt: at('05T22:00:00') } });
  expect(jobs.isDue('1')).toBe(false);
  jobs.startNow('1', 'person');
  expect(job.scheduledAt).toEqual(at('02T01:00:00'));
  await run();
  expect(job.scheduledAt).toEqual(at('05T22:00:00'));
});

test('each run keeps who caused it: the schedule, a requeue or a person', async () => {
  const { clock, jobs, job, run } = aNightlyJob({ script: { kind: 'always-fail' } });
  await run();
  jobs.setToWaiting('1');
  await run();
  jobs.setStatus('1', 'Waiting');
  await run();
  await clock.advance(day);
  await run();
  jobs.begin('1', 'person')();
  expect(job.runs.map(({ cause }) => cause)).toEqual(['schedule', 'requeue', 'person', 'schedule', 'person']);
});

test('a due job is requeued without any change, and its run stays with whoever made it due first', async () => {
  const { jobs, job, run } = aNightlyJob();
  const ticket = jobs.ticket('1');
  expect(jobs.setToWaiting('1')).toEqual({ kind: 'accepted' });
  expect(jobs.unchangedSince('1', ticket)).toBe(true);
  expect(job.requeues).toBe(1);
  await run();
  jobs.setToWaiting('1');
  jobs.setStatus('1', 'Waiting');
  await run();
  expect(job.runs.map(({ cause }) => cause)).toEqual(['schedule', 'requeue']);
});

test('a job that is slow to return stays in Error, then is Waiting, for whoever looks when', async () => {
  const { clock, jobs, job, run } = aNightlyJob({ traits: { returnsAfterMs: 20_000 } });
  await run();
  await clock.advance(19_999);
  expect(job).toMatchObject({ status: 'Error', scheduledAt: at('02T01:00:00') });
  await clock.advance(1);
  expect(job).toMatchObject({ status: 'Waiting', scheduledAt: at('03T01:00:00') });
  await clock.advance(3 * day);
  expect(jobs.isDue('1')).toBe(true);
  expect(job.scheduledAt).toEqual(at('03T01:00:00'));
});

test('a clock that jumps past the next start finds the job returned and due', async () => {
  const { clock, jobs, job, run } = aNightlyJob({ traits: { returnsAfterMs: 20_000 } });
  await run();
  await clock.advance(2 * day);
  expect(jobs.isDue('1')).toBe(true);
  expect(job).toMatchObject({ status: 'Waiting', scheduledAt: at('03T01:00:00') });
});

test('a job that is requeued before it has returned starts at once, and does not return besides', async () => {
  const { clock, jobs, job, run } = aNightlyJob({ traits: { returnsAfterMs: 20_000 } });
  await run();
  jobs.setToWaiting('1');
  await clock.advance(30_000);
  expect(job).toMatchObject({ status: 'Waiting', scheduledAt: at('02T01:01:00') });
  expect(jobs.isDue('1')).toBe(true);
});

test('the times of the latest run may be cleared by the return to Waiting, though not before', async () => {
  const { clock, job, run } = aNightlyJob({ traits: { times: 'cleared', returnsAfterMs: 1000 } });
  await run();
  expect(job).toMatchObject({ startedAt: at('02T01:00:00'), endedAt: at('02T01:01:00') });
  await clock.advance(1000);
  expect(job).toMatchObject({ startedAt: null, endedAt: null, scheduledAt: at('03T01:00:00') });
  expect(job.runs).toMatchObject([{ endedAt: at('02T01:01:00') }]);
});

test('the listeners hear of the next start before it comes, and of what changes it', async () => {
  const clock = new ManualClock();
  const starts: string[] = [];
  const jobs = new SimulatedBatchJobs(clock, {
    waiting: ({ status }, startsAt) => void starts.push(`${status} ${startsAt.toISOString()}`),
  });
  const recurrence = { everyMs: day };
  const traits = { returnsAfterMs: 1000 };
  jobs.add({ jobId: '1', description: 'Nightly', script: { kind: 'always-fail' }, recurrence, traits });
  jobs.begin('1')();
  jobs.setToWaiting('1');
  jobs.setToWaiting('1');
  jobs.setStatus('1', 'Hold');
  expect(starts).toEqual([
    'Waiting 2026-03-02T01:00:00.000Z',
    'Error 2026-03-03T01:00:00.000Z',
    'Waiting 2026-03-02T01:00:00.000Z',
  ]);
});

test('a job that is deleted while it runs sends nothing and is known no more', async () => {
  const changed: string[] = [];
  const jobs = new SimulatedBatchJobs(new ManualClock(), { changed: (kind) => void changed.push(kind) });
  jobs.add({ jobId: '1', description: 'Once', script: { kind: 'always-fail' } });
  const end = jobs.begin('1');
  const ticket = jobs.ticket('1');
  jobs.vanish('1');
  expect(end()).toBe('interrupted');
  expect(changed).toEqual(['started']);
  expect(jobs.find('1')).toBeNull();
  expect(jobs.unchangedSince('1', ticket)).toBe(false);
  expect(jobs.setToWaiting('1')).toMatchObject({ kind: 'unknown-job' });
  expect(() => jobs.isDue('1')).toThrow('No batch job 1');
});
