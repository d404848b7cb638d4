import { expect, test } from 'vitest';
import type { NewBatchJob } from '../../../src/sandbox/batch-job.ts';
import { aService, failureEvent, nightlyPosting } from '../../helpers/a-service.ts';
import { everyJob } from '../../helpers/policies.ts';
import { minute, pass } from '../playing.ts';
import { watchFor } from './watching.ts';

const { jobId } = nightlyPosting;
const hourly: NewBatchJob = { ...nightlyPosting, recurrence: { everyMs: 60 * minute } };

test('a run that failed before a newer one ended well is kept, and nothing is requeued for it', async () => {
  const job: NewBatchJob = {
    ...hourly,
    traits: { times: 'cleared' },
    script: { kind: 'fail-times', times: 1 },
  };
  await using service = await aService({ jobs: [job], sandbox: { history: {} } });
  await service.service.watch();
  await failureEvent(service);
  await pass(service, 2 * minute);
  await service.sandbox.run(jobId);
  await watchFor(service, 30 * minute);

  expect(service.sandbox.requeues(jobId)).toBe(0);
  const { body } = await service.get(`batch-jobs/${jobId}/runs`);
  expect(body['value']).toMatchObject([{ end: 'finished' }, { end: 'failed' }]);
});

test('what failed before the first look is left alone, also by the looks that overlap it', async () => {
  await using service = await aService({ jobs: [nightlyPosting, { ...nightlyPosting, jobId: '2' }] });
  await failureEvent(service);
  await pass(service, 2 * minute);
  await service.service.watch();
  await pass(service, minute);
  await failureEvent(service, '2');
  await watchFor(service, 30 * minute);

  expect(service.sandbox.requeues(jobId)).toBe(0);
  expect(service.sandbox.requeues('2')).toBe(1);
});

test('a fault while F&O is asked for its history is not taken for an F&O without one', async () => {
  const other: NewBatchJob = { ...hourly, jobId: '2', script: { kind: 'succeed' } };
  await using service = await aService({ jobs: [hourly, other], sandbox: { history: {} } });
  service.sandbox.faults.add({ kind: 'server-error', committed: false }, { on: 'metadata', times: 9 });
  await service.service.watch();
  await failureEvent(service);
  for (let looks = 0; looks < 8; looks++) {
    await service.sandbox.run('2');
    await watchFor(service, 5 * minute);
  }
  service.sandbox.faults.clear();
  await watchFor(service, 10 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test.each([
  ['ids', Array.from({ length: 37 }, (_, index) => ({ jobId: [String(5637140000 + index), jobId] }))],
  [
    'descriptions',
    Array.from({ length: 12 }, (_, index) => ({
      description: index === 0 ? 'Nightly*' : `Ночной разнос складских журналов ${index}`,
    })),
  ],
])('a policy with very many %s makes no address that F&O refuses', async (_what, matches) => {
  const expects = { maxDuration: 'PT5H', startWithin: 'PT5H' };
  const jobs = matches.map((match, index) => ({ name: `Entry ${index}`, match, expect: expects }));
  const policy = { jobs };
  await using service = await aService({ policy });
  await service.service.watch();
  await failureEvent(service);
  await watchFor(service, 15 * minute);

  expect(service.sandbox.requeues(jobId)).toBe(1);
  const addresses = service.sandbox.requests.map(({ path }) => path.length);
  expect(Math.max(...addresses)).toBeLessThan(2048);
});

test('over a thousand jobs that are late do not hide what failed', async () => {
  const policy = { defaults: { expect: { startWithin: 'PT30M' } }, ...everyJob };
  await using service = await aService({ policy });
  await service.service.watch();
  for (let index = 0; index < 1001; index++) {
    service.sandbox.addJob({ ...nightlyPosting, jobId: String(7_000_000 + index), status: 'Waiting' });
  }
  await watchFor(service, 60 * minute);
  await failureEvent(service);
  await watchFor(service, 15 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('a search that F&O does not answer holds back no requeue', async () => {
  await using service = await aService({});
  service.sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'list', times: Infinity });
  await service.service.watch();
  await watchFor(service, 60 * minute);
  expect((await service.deliver(await failureEvent(service))).body).toMatchObject({ decision: 'requeued' });
});
