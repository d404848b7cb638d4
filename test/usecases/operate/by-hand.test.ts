import { expect, test } from 'vitest';
import { aService, failureEvent, nightlyPosting, type TestService } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { everyJob } from '../../helpers/policies.ts';

const { jobId } = nightlyPosting;
const minute = 60_000;
const because = { reason: 'Month end' };
const once = { policy: { defaults: { maxRetries: 1 }, ...everyJob } };

test('a retry by hand requeues a job in Error within its budget, and the history says who asked and why', async () => {
  await using service = await aService();
  await failureEvent(service);

  expect(await service.post(`batch-jobs/${jobId}/retry`, because)).toMatchObject({
    status: 200,
    body: {
      decision: 'requeued',
      retry: 1,
      maxRetries: 5,
      jobId,
      eventId: expect.stringMatching(/^BY-HAND-/),
    },
  });
  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(
    (await history(service)).map(({ kind, decision, by, reason }) => ({ kind, decision, by, reason })),
  ).toEqual([
    {
      kind: 'failure',
      decision: 'requeued',
      by: null,
      reason: 'Failure 1 of this episode; F&O set the job to waiting.',
    },
    { kind: 'retry', decision: null, by: 'a caller with the function key', reason: 'Month end' },
  ]);
});

test('a retry by hand of a job that is not in Error sends nothing', async () => {
  await using service = await aService();
  await service.deliver(await failureEvent(service));

  const { body } = await service.post(`batch-jobs/${jobId}/retry`, because);
  expect(body).toMatchObject({ decision: 'superseded', reason: expect.stringMatching(/is Waiting in F&O/) });
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('a retry by hand does what a retry that waits for its time would have done, now', async () => {
  await using service = await aService({ policy: { defaults: { delays: ['PT1H'] }, ...everyJob } });
  expect(await service.deliver(await failureEvent(service))).toMatchObject({
    body: { decision: 'scheduled' },
  });

  expect(await service.post(`batch-jobs/${jobId}/retry`, because)).toMatchObject({
    body: { decision: 'requeued', retry: 1 },
  });
  await pass(service, 120 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('a retry by hand beyond the budget is exhausted; after a reset it is not', async () => {
  await using service = await aService(once);
  await service.deliver(await failureEvent(service));
  await service.deliver(await failureEvent(service));

  expect(await service.post(`batch-jobs/${jobId}/retry`, because)).toMatchObject({
    status: 200,
    body: { decision: 'exhausted' },
  });
  expect(await service.post(`batch-jobs/${jobId}/reset`, because)).toMatchObject({
    status: 200,
    body: { jobId, retriesUsed: 0, state: 'idle' },
  });
  expect(await service.post(`batch-jobs/${jobId}/retry`, because)).toMatchObject({
    body: { decision: 'requeued', retry: 1 },
  });
  expect(service.sandbox.requeues(jobId)).toBe(2);
});

test('what no policy entry lists, or F&O does not know, is not retried by hand', async () => {
  const listed = { jobs: [{ name: 'Other', match: { jobId: ['1', '2'] } }] };
  await using service = await aService({ policy: listed });
  await failureEvent(service);

  expect(await service.post(`batch-jobs/${jobId}/retry`, because)).toMatchObject({
    status: 200,
    body: { decision: 'ignored', reason: 'No policy entry lists this job.' },
  });
  expect(await service.post('batch-jobs/1/retry', because)).toMatchObject({
    status: 404,
    body: { type: 'urn:batch-retry:problem:not-found', detail: 'F&O has no batch job 1 in default.' },
  });
  expect(service.sandbox.requeues(jobId)).toBe(0);
});

test('a paused job is not requeued, whether its event comes, its time comes or a person retries it', async () => {
  await using service = await aService({ policy: { defaults: { delays: ['PT5M'] }, ...everyJob } });
  await service.deliver(await failureEvent(service));
  expect(await service.post(`batch-jobs/${jobId}/pause`, because)).toMatchObject({
    status: 200,
    body: { paused: true, pausedReason: 'Month end' },
  });

  await pass(service, 10 * minute);
  expect(await newestDecision(service)).toBe('paused');
  service.sandbox.setStatus(jobId, 'Waiting');
  expect(await service.deliver(await failureEvent(service))).toMatchObject({
    status: 200,
    body: { decision: 'paused' },
  });
  expect(await service.post(`batch-jobs/${jobId}/retry`, because)).toMatchObject({
    body: { decision: 'paused' },
  });
  expect(service.sandbox.requeues(jobId)).toBe(0);

  expect(await service.post(`batch-jobs/${jobId}/resume`, because)).toMatchObject({
    body: { paused: false, pausedReason: null },
  });
  expect(await service.post(`batch-jobs/${jobId}/retry`, because)).toMatchObject({
    body: { decision: 'requeued' },
  });
});

test('a job can be paused before it ever fails; one without record cannot be reset or resumed', async () => {
  await using service = await aService();
  expect((await service.post(`batch-jobs/${jobId}/reset`, because)).status).toBe(404);
  expect((await service.post(`batch-jobs/${jobId}/resume`, because)).status).toBe(404);
  expect((await service.post(`batch-jobs/${jobId}/pause`, because)).status).toBe(200);

  expect(await service.deliver(await failureEvent(service))).toMatchObject({ body: { decision: 'paused' } });
});

test('set to waiting asks F&O whatever the budget, answers its elements, and costs no budget', async () => {
  await using service = await aService(once);
  await service.deliver(await failureEvent(service));
  await service.deliver(await failureEvent(service));

  expect(await service.post(`batch-jobs/${jobId}/set-to-waiting`, because)).toMatchObject({
    status: 200,
    body: {
      environment: 'default',
      jobId,
      responseStatusCode: 200,
      isSuccess: true,
      responseMessage: expect.stringMatching(/waiting/),
    },
  });
  expect(service.sandbox.requeues(jobId)).toBe(2);
  expect((await service.get(`batch-jobs/${jobId}`)).body).toMatchObject({
    state: 'requeued',
    retriesUsed: 1,
  });
});

test('the run that a set to waiting leads to is followed: it recovers, or its failure is announced again', async () => {
  await using service = await aService(once);
  await service.deliver(await failureEvent(service));
  await service.deliver(await failureEvent(service));
  await pass(service, minute);
  await service.post(`batch-jobs/${jobId}/set-to-waiting`, because);
  await service.deliver(await failureEvent(service));
  await pass(service, minute);
  expect(service.lines.filter((line) => line.includes('ATTENTION'))).toHaveLength(2);

  service.sandbox.setScript(jobId, { kind: 'succeed' });
  await service.post(`batch-jobs/${jobId}/set-to-waiting`, because);
  await pass(service, minute);
  await service.sandbox.run(jobId);
  await pass(service, 10 * minute);
  expect((await service.get(`batch-jobs/${jobId}`)).body).toMatchObject({
    state: 'recovered',
    retriesUsed: 0,
  });
});

test('set to waiting works on a job that no policy entry lists, and answers what F&O refuses', async () => {
  const listed = { jobs: [{ name: 'Other', match: { jobId: ['1'] } }] };
  await using service = await aService({ policy: listed });
  await failureEvent(service);
  service.sandbox.faults.add({ kind: 'refused', message: 'Batch group is closed' }, { on: 'action' });

  expect(await service.post(`batch-jobs/${jobId}/set-to-waiting`, because)).toMatchObject({
    status: 200,
    body: { isSuccess: false, exceptionDetails: expect.stringMatching(/Batch group is closed/) },
  });
  expect(await service.post(`batch-jobs/${jobId}/set-to-waiting`, because)).toMatchObject({
    body: { isSuccess: true },
  });
});

test('set to waiting is answered 503 when nothing was sent, and is not sent later by itself', async () => {
  await using service = await aService();
  await service.deliver(await failureEvent(service));
  await failureEvent(service);
  service.sandbox.faults.add({ kind: 'throttled', retryAfter: null }, { on: 'action' });

  expect(await service.post(`batch-jobs/${jobId}/set-to-waiting`, because)).toMatchObject({
    status: 503,
    body: { type: 'urn:batch-retry:problem:fno-unavailable' },
  });
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('a set to waiting whose answer is lost is 202, a second one meanwhile 409, and the status settles it', async () => {
  await using service = await aService();
  await service.post(`batch-jobs/${jobId}/pause`, because);
  await service.deliver(await failureEvent(service));
  service.sandbox.faults.add({ kind: 'reset', committed: true }, { on: 'action' });

  expect(await service.post(`batch-jobs/${jobId}/set-to-waiting`, because)).toMatchObject({
    status: 202,
    body: { isSuccess: null },
  });
  expect(await service.post(`batch-jobs/${jobId}/set-to-waiting`, because)).toMatchObject({
    status: 409,
    body: { type: 'urn:batch-retry:problem:request-unsettled' },
  });
  await pass(service, 5 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(await newestDecision(service)).toBe('requeued');
});

test('a set to waiting that F&O never acted on is not sent again', async () => {
  await using service = await aService();
  await service.post(`batch-jobs/${jobId}/pause`, because);
  await service.deliver(await failureEvent(service));
  service.sandbox.faults.add({ kind: 'reset', committed: false }, { on: 'action' });

  expect((await service.post(`batch-jobs/${jobId}/set-to-waiting`, because)).status).toBe(202);
  await pass(service, 60 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(0);
  expect(await newestDecision(service)).toBe('refused');
});

test.each([
  ['no reason', {}, '/reason'],
  ['an empty reason', { reason: '' }, '/reason'],
  ['a reason of 501 characters', { reason: 'x'.repeat(501) }, '/reason'],
  ['a reason that is no text', { reason: 5 }, '/reason'],
  ['an array', [], ''],
])('a body with %s is refused, with the place', async (_what, body, pointer) => {
  await using service = await aService();
  expect(await service.post(`batch-jobs/${jobId}/pause`, body)).toMatchObject({
    status: 422,
    body: { type: 'urn:batch-retry:problem:invalid-body', errors: [{ pointer }] },
  });
});

async function history(service: TestService): Promise<Record<string, unknown>[]> {
  const { body } = await service.get(`batch-jobs/${jobId}/history`);
  return Array.isArray(body['value']) ? body['value'] : [];
}

async function newestDecision(service: TestService): Promise<unknown> {
  return (await history(service)).find(({ decision }) => decision !== null)?.['decision'];
}

/** Lets time pass, and does what is due meanwhile. */
async function pass(service: TestService, ms: number): Promise<void> {
  const { clock } = service;
  if (!(clock instanceof ManualClock)) throw new Error("Its clock is not the test's.");
  for (let left = ms; left > 0; left -= 30_000) {
    await clock.advance(Math.min(30_000, left));
    await service.service.pollWorkQueue();
  }
}
