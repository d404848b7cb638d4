import { expect, test } from 'vitest';
import { aService, failureEvent, nightlyPosting } from '../helpers/a-service.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { everyJob } from '../helpers/policies.ts';

const { jobId } = nightlyPosting;
const jobs = [nightlyPosting, { ...nightlyPosting, jobId: '9', description: 'INT orders' }];

/** Four failures of one job, of which F&O took two as requeues, and one of another. */
async function aPast() {
  const policy = { defaults: { maxRetries: 2 }, ...everyJob };
  const service = await aService({ jobs, policy });
  for (let failures = 0; failures < 4; failures++) {
    service.sandbox.setStatus(jobId, 'Waiting');
    await service.deliver(await failureEvent(service));
  }
  await service.deliver(await failureEvent(service, '9'));
  return service;
}

function entry(name: string, match: object, more: object = {}) {
  return { name, match, ...more };
}

test('a candidate policy is tried on what is recorded, job by job', async () => {
  await using service = await aPast();
  const policy = {
    jobs: [
      entry('INT', { description: 'int*' }, { mode: 'shadow' }),
      entry('Rest', { jobId: '*' }, { maxRetries: 3 }),
    ],
  };
  const before = await service.get(`batch-jobs/${jobId}/history`);
  expect(await service.post('policy/preview', { policy })).toMatchObject({
    status: 200,
    body: {
      from: new Date(service.clock.now().getTime() - 30 * 86_400_000).toISOString(),
      to: service.clock.now().toISOString(),
      complete: true,
      failures: 5,
      jobs: [
        {
          environment: 'default',
          jobId,
          description: 'Nightly posting',
          failures: 4,
          requeued: 2,
          wouldRequeue: 3,
          wouldExhaust: 1,
          wouldIgnore: 0,
          policy: 'Rest',
        },
        {
          jobId: '9',
          failures: 1,
          requeued: 1,
          wouldRequeue: 0,
          wouldExhaust: 0,
          wouldIgnore: 1,
          policy: 'INT',
        },
      ],
    },
  });
  expect((await service.get(`batch-jobs/${jobId}/history`)).body).toEqual(before.body);
});

test('the policy in force gives what was decided; one that lists nothing ignores everything', async () => {
  await using service = await aPast();
  const same = await service.post('policy/preview', {
    policy: { defaults: { maxRetries: 2 }, ...everyJob },
    days: 1,
  });
  expect(same.body['jobs']).toMatchObject([
    { jobId, requeued: 2, wouldRequeue: 2, wouldExhaust: 2 },
    { jobId: '9', requeued: 1, wouldRequeue: 1, wouldExhaust: 0 },
  ]);
  const none = await service.post('policy/preview', { policy: { jobs: [] } });
  expect(none.body['jobs']).toMatchObject([
    { jobId, wouldRequeue: 0, wouldIgnore: 4, policy: null },
    { jobId: '9', wouldRequeue: 0, wouldIgnore: 1, policy: null },
  ]);
});

test('only failures of the last days count', async () => {
  await using service = await aPast();
  if (!(service.clock instanceof ManualClock)) throw new Error('Its clock is not the test’s.');
  await service.clock.advance(2 * 86_400_000);
  await service.deliver(await failureEvent(service, '9'));
  const recent = await service.post('policy/preview', { policy: everyJob, days: 1 });
  expect(recent.body).toMatchObject({ failures: 1, jobs: [{ jobId: '9', failures: 1 }] });
  const longer = await service.post('policy/preview', { policy: everyJob, days: 3 });
  expect(longer.body).toMatchObject({ failures: 6, jobs: [{ failures: 4 }, { failures: 2 }] });
});

test.each([
  [{ policy: {} }, 'invalid-policy', '/policy/jobs'],
  [
    { policy: { jobs: [{ name: 'a', match: { jobId: [5] } }] } },
    'invalid-policy',
    '/policy/jobs/0/match/jobId',
  ],
  [
    { policy: { jobs: [{ name: 'a', match: { environment: 'uat' } }] } },
    'invalid-policy',
    '/policy/jobs/0/match/environment',
  ],
  [{ policy: { jobs: [...everyJob.jobs, ...everyJob.jobs] } }, 'invalid-policy', '/policy/jobs/1/name'],
  [{ policy: [] }, 'invalid-body', '/policy'],
  [{}, 'invalid-body', '/policy'],
  [{ policy: everyJob, days: 91 }, 'invalid-body', '/days'],
  [{ policy: everyJob, days: 0 }, 'invalid-body', '/days'],
  [{ policy: everyJob, days: 1.5 }, 'invalid-body', '/days'],
])('%j is refused with %s at its place', async (body, kind, pointer) => {
  await using service = await aService();
  const answer = await service.post('policy/preview', body);
  expect(answer).toMatchObject({ status: 422, body: { type: `urn:batch-retry:problem:${kind}` } });
  const pointers = Array.isArray(answer.body['errors']) ? answer.body['errors'] : [];
  expect(pointers[0]).toMatchObject({ pointer });
});
