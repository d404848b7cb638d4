import { expect, test } from 'vitest';
import { aService, failureEvent, nightlyPosting } from '../../helpers/a-service.ts';
import { minute, pass, theJob } from '../playing.ts';

const { jobId } = nightlyPosting;

const jobs = [
  ['a job that stays in Error', nightlyPosting],
  ['a recurring job', { ...nightlyPosting, recurrence: { everyMs: 24 * 60 * minute } }],
] as const;

test.each(jobs)('%s whose end F&O shows a minute late is requeued once it shows', async (_, job) => {
  const traits = { endShowsAfterMs: minute };
  await using service = await aService({ jobs: [{ ...job, traits }] });
  const { body, status } = await service.deliver(await failureEvent(service));
  expect({ status, ...body }).toMatchObject({
    status: 202,
    decision: 'deferred',
    reason: expect.stringContaining('does not show yet that the failed run ended'),
  });
  await pass(service, 2 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(await theJob(service)).toMatchObject({ retriesUsed: 1, state: 'requeued' });
});

test('a job that F&O shows Executing for good is not requeued: its run is followed', async () => {
  await using service = await aService({
    jobs: [{ ...nightlyPosting, traits: { endShowsAfterMs: 60 * minute } }],
  });
  await service.deliver(await failureEvent(service));
  await pass(service, 10 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(0);
  expect(await theJob(service)).toMatchObject({ retriesUsed: 0, state: 'superseded' });
});
