import { expect, test } from 'vitest';
import { aFailure, aService, nightlyPosting } from '../helpers/a-service.ts';

const { jobId } = nightlyPosting;

test('README example: the event of a failed job comes in, and the job is set to waiting again', async () => {
  await using service = await aService({
    policy: { jobs: [{ name: 'Nightly posting', match: { jobId: [jobId] }, maxRetries: 3 }] },
  });

  const { status, body } = await service.deliver(await aFailure(service));

  expect(status).toBe(200);
  expect(body).toEqual({
    decision: 'requeued',
    environment: 'default',
    jobId,
    eventId: expect.stringMatching(/^[0-9A-F-]{36}$/),
    retry: 1,
    maxRetries: 3,
    policy: 'Nightly posting',
    dueAt: null,
    reason: 'Failure 1 of this episode; F&O set the job to waiting.',
  });
  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(service.sandbox.job(jobId).status).toBe('Waiting');
});

test('a second delivery of the same event is answered as a duplicate and requeues nothing', async () => {
  await using service = await aService();
  const event = await aFailure(service);
  await service.deliver(event);

  expect(await service.deliver(event)).toMatchObject({ status: 200, body: { decision: 'duplicate' } });
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('five deliveries of one event at once lead to one requeue', async () => {
  await using service = await aService();
  const event = await aFailure(service);

  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => service.deliver(event)));

  const decisions = answers.map(({ body }) => String(body['decision'])).toSorted();
  expect(decisions).toEqual(['duplicate', 'duplicate', 'duplicate', 'duplicate', 'requeued']);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('the sixth failure of an episode is answered as exhausted and sends nothing', async () => {
  await using service = await aService();
  for (let retry = 1; retry <= 5; retry++) {
    expect((await service.deliver(await aFailure(service))).body).toMatchObject({
      decision: 'requeued',
      retry,
    });
  }
  const sent = service.sandbox.requests.length;

  const sixth = await service.deliver(await aFailure(service));

  expect(sixth).toMatchObject({ status: 200, body: { decision: 'exhausted', maxRetries: 5 } });
  expect(service.sandbox.requeues(jobId)).toBe(5);
  expect(service.sandbox.requests.length).toBe(sent);
});
