import { describe, expect, test } from 'vitest';
import type { NewBatchJob } from '../../../src/sandbox/batch-job.ts';
import { aService, failureEvent, type ServiceSetup } from '../../helpers/a-service.ts';
import { minute, pass } from '../playing.ts';
import { watchFor } from './watching.ts';

const hour = 60 * minute;
const failing = (n: number): NewBatchJob => ({
  jobId: String(100 + n),
  description: `Posting ${n}`,
  script: { kind: 'always-fail' },
});
const idsOf = (jobs: readonly NewBatchJob[]) => jobs.map(({ jobId }) => jobId);
const well: NewBatchJob = { jobId: '1', description: 'Check', script: { kind: 'succeed' } };

type Service = Awaited<ReturnType<typeof aService>>;

/** How many of these jobs were requeued once. */
function requeuedOnce({ sandbox }: Service, jobs: readonly NewBatchJob[]): string[] {
  return jobs.filter(({ jobId }) => sandbox.requeues(jobId) === 1).map(({ jobId }) => jobId);
}

/** Each of the jobs fails once, its event is lost, and the watch looks on. */
async function failOneByOne(service: Service, jobs: readonly NewBatchJob[], everyMs: number): Promise<void> {
  for (const { jobId } of jobs) {
    await failureEvent(service, jobId);
    await watchFor(service, everyMs);
  }
}

describe.each([{ history: {} }, {}])('where a run ends ahead of F&O’s clock once (%j)', (sandbox) => {
  test.each([90, 14 * 60])(
    'what others fail meanwhile is found, and its own failure is not lost (%d minutes ahead)',
    async (aheadMinutes) => {
      const odd: NewBatchJob = { ...failing(0), traits: { endLagMs: aheadMinutes * minute } };
      const others = [1, 2, 3, 4, 5, 6].map(failing);
      await using service = await aService({ jobs: [odd, well, ...others], sandbox });
      await service.service.watch();
      await service.sandbox.run(well.jobId);
      await watchFor(service, 10 * minute);
      await failOneByOne(service, [odd, ...others], 15 * minute);
      expect(requeuedOnce(service, others)).toEqual(idsOf(others));
      await watchFor(service, aheadMinutes * minute);
      expect(service.sandbox.requeues(odd.jobId)).toBe(1);
    },
  );

  test('the same holds if it is the first run that the watch sees', async () => {
    const odd: NewBatchJob = { ...failing(0), traits: { endLagMs: 90 * minute } };
    const others = [1, 2, 3, 4, 5, 6].map(failing);
    await using service = await aService({ jobs: [odd, ...others], sandbox });
    await service.service.watch();
    await failOneByOne(service, [odd, ...others], 15 * minute);
    expect(requeuedOnce(service, [odd, ...others])).toEqual(idsOf([odd, ...others]));
  });

  test('the same holds if the first look shows it', async () => {
    const odd: NewBatchJob = { ...failing(0), traits: { endLagMs: 90 * minute } };
    const others = [1, 2, 3, 4, 5, 6].map(failing);
    await using service = await aService({ jobs: [odd, ...others], sandbox });
    await failureEvent(service, odd.jobId);
    await service.service.watch();
    await failOneByOne(service, others, 15 * minute);
    expect(requeuedOnce(service, others)).toEqual(idsOf(others));
    expect(service.sandbox.requeues(odd.jobId)).toBe(0);
  });
});

test('where local times are set back by an hour, what fails in the hour that comes twice is found', async () => {
  const before = [1, 2, 3].map(failing);
  const again = [4, 5, 6, 7, 8].map(failing);
  const backAt = new Date('2026-03-02T02:00:00Z');
  const runTimesAheadMs = (at: Date) => (at < backAt ? 2 * hour : hour);
  const jobs = [...before, ...again];
  await using service = await aService({ jobs, sandbox: { history: {}, runTimesAheadMs } });
  await service.service.watch();
  await failOneByOne(service, before, 15 * minute);
  await pass(service, backAt.getTime() - service.clock.now().getTime());
  await failOneByOne(service, again, 10 * minute);
  await watchFor(service, 10 * minute);
  expect(requeuedOnce(service, jobs)).toEqual(idsOf(jobs));
});

describe.each([-10, -3, 0, 2.5, 10])(
  'where F&O’s clock is %d minutes behind the times of its runs',
  (minutes) => {
    const setup = (jobs: NewBatchJob[]): ServiceSetup => ({
      jobs,
      sandbox: { runTimesAheadMs: minutes * minute },
    });

    test.each([true, false])(
      'what fails soon after the first look is found (another job ran before: %s)',
      async (ranBefore) => {
        const jobs = [1, 2, 3, 4].map(failing);
        await using service = await aService(setup([well, ...jobs]));
        if (ranBefore) await service.sandbox.run(well.jobId);
        await pass(service, 2 * minute);
        await service.service.watch();
        await pass(service, minute / 2);
        await failOneByOne(service, jobs, 5 * minute);
        await watchFor(service, 20 * minute);
        expect(requeuedOnce(service, jobs)).toEqual(idsOf(jobs));
      },
    );

    test('what failed shortly before the first look is left alone', async () => {
      const jobs = [1, 2, 3].map(failing);
      await using service = await aService(setup([well, ...jobs]));
      for (const { jobId } of jobs) await failureEvent(service, jobId);
      await service.service.watch();
      await watchFor(service, 40 * minute);
      expect(requeuedOnce(service, jobs)).toEqual([]);
    });
  },
);
