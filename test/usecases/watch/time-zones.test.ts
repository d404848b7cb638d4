import { describe, expect, test } from 'vitest';
import type { NewBatchJob } from '../../../src/sandbox/batch-job.ts';
import { aService, failureEvent, nightlyPosting, type TestService } from '../../helpers/a-service.ts';
import { attentions, minute, pass } from '../playing.ts';
import { watchFor } from './watching.ts';

const { jobId } = nightlyPosting;
const hour = 60 * minute;
const expectations = { maxDuration: 'PT1H', startWithin: 'PT30M' };
const policy = { jobs: [{ name: 'All', match: { jobId: '*' }, expect: expectations }] };
const other: NewBatchJob = { jobId: '2', description: 'Hourly import', script: { kind: 'succeed' } };

/** A service whose F&O shows the times of runs this far ahead of its clock; it has looked once. */
async function aWatch(runTimesAheadMs: number, more: Partial<NewBatchJob> = {}, ranBeforeMs = 2 * hour) {
  const jobs = [{ ...nightlyPosting, ...more }, other];
  const service = await aService({ jobs, policy, sandbox: { runTimesAheadMs } });
  if (ranBeforeMs > 0) {
    await service.sandbox.run('2');
    await pass(service, ranBeforeMs, ranBeforeMs);
  }
  await service.service.watch();
  return service;
}

/** The lines about times of runs that lie apart from F&O's clock. */
function warnings({ lines }: TestService): string[] {
  return lines.filter((line) => line.includes('shows times of runs'));
}

describe.each([-8, -3.5, 0, 5.5, 9])('where F&O shows times of runs %d hours ahead of its clock', (hours) => {
  test('a lost failure is found and requeued once, in time', async () => {
    await using service = await aWatch(hours * hour);
    const event = await failureEvent(service);
    await pass(service, 3 * minute);
    await service.service.watch();
    expect(service.sandbox.requeues(jobId)).toBe(0);
    await watchFor(service, 5 * minute);
    expect(service.sandbox.requeues(jobId)).toBe(1);
    expect((await service.deliver(event)).body).toMatchObject({ decision: 'duplicate' });
    await watchFor(service, 60 * minute);
    expect(service.sandbox.requeues(jobId)).toBe(1);
  });

  test('a failure of before the first look is left alone', async () => {
    const service = await aService({ policy, sandbox: { runTimesAheadMs: hours * hour } });
    await using _ = service;
    await failureEvent(service);
    await pass(service, 30 * minute);
    await service.service.watch();
    await watchFor(service, 20 * minute);
    expect(service.sandbox.requeues(jobId)).toBe(0);
  });

  test('a run is too long when it is, and not before', async () => {
    await using service = await aWatch(hours * hour);
    const running = service.sandbox.run(jobId, 90 * minute);
    await watchFor(service, 55 * minute);
    expect(attentions(service)).toEqual([]);
    await watchFor(service, 20 * minute);
    expect(attentions(service)).toHaveLength(1);
    expect(attentions(service)[0]).toMatch(/under way for 6\d min/);
    await watchFor(service, 15 * minute);
    await running;
  });

  test('a job is late when it is, and not before', async () => {
    const firstAt = new Date(Date.parse('2026-03-02T05:00:00Z') + hours * hour);
    await using service = await aWatch(hours * hour, { recurrence: { everyMs: 24 * hour, firstAt } });
    await watchFor(service, 60 * minute);
    service.sandbox.setStatus('2', 'Waiting');
    await service.sandbox.run('2');
    await watchFor(service, 85 * minute);
    expect(attentions(service)).toEqual([]);
    await watchFor(service, 15 * minute);
    expect(attentions(service)).toHaveLength(1);
    expect(attentions(service)[0]).toContain('still waits');
  });

  test('that is said once, if it is so', async () => {
    await using service = await aWatch(hours * hour);
    for (let runs = 0; runs < 3; runs++) {
      service.sandbox.setStatus('2', 'Waiting');
      await service.sandbox.run('2');
      await watchFor(service, 30 * minute);
    }
    expect(warnings(service)).toHaveLength(hours === 0 ? 0 : 1);
  });
});

test.each([0, 9])('before any run was seen, F&O is taken at its word (%d hours ahead)', async (hours) => {
  await using service = await aWatch(hours * hour, {}, 0);
  await failureEvent(service);
  await watchFor(service, 15 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(warnings(service)).toHaveLength(hours === 0 ? 0 : 1);
});
