import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Ledger, StoreUnavailable } from '../../../src/ports/ledger.ts';
import { answerSpellings } from '../../../src/sandbox/action-answer.ts';
import { aService, failureEvent, nightlyPosting } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { everyJob } from '../../helpers/policies.ts';

const { jobId } = nightlyPosting;

test('README example: the event of a failed job comes in, and the job is set to waiting again', async () => {
  await using service = await aService({
    policy: { jobs: [{ name: 'Nightly posting', match: { jobId: [jobId] }, maxRetries: 3 }] },
  });

  const { status, body } = await service.deliver(await failureEvent(service));

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
  const event = await failureEvent(service);
  await service.deliver(event);

  expect(await service.deliver(event)).toMatchObject({ status: 200, body: { decision: 'duplicate' } });
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('five deliveries of one event at once lead to one requeue', async () => {
  await using service = await aService();
  const event = await failureEvent(service);

  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => service.deliver(event)));

  const decisions = answers.map(({ body }) => String(body['decision'])).toSorted();
  expect(decisions).toEqual(['duplicate', 'duplicate', 'duplicate', 'duplicate', 'requeued']);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('the sixth failure of an episode is answered as exhausted and sends nothing', async () => {
  await using service = await aService();
  for (let retry = 1; retry <= 5; retry++) {
    expect((await service.deliver(await failureEvent(service))).body).toMatchObject({
      decision: 'requeued',
      retry,
    });
  }
  const sent = service.sandbox.requests.filter(({ route }) => route === 'action').length;

  const sixth = await service.deliver(await failureEvent(service));

  expect(sixth).toMatchObject({ status: 200, body: { decision: 'exhausted', maxRetries: 5 } });
  expect(service.sandbox.requeues(jobId)).toBe(5);
  expect(service.sandbox.requests.filter(({ route }) => route === 'action').length).toBe(sent);
});

test('the late event of a run before the one that was requeued is superseded', async () => {
  await using service = await aService();
  const first = await failureEvent(service);
  service.sandbox.setStatus(jobId, 'Waiting');
  await service.deliver(await failureEvent(service));

  const late = await service.deliver(first);

  expect(late).toMatchObject({
    status: 200,
    body: {
      decision: 'superseded',
      reason: 'The job is Waiting in F&O: it ran again meanwhile; nothing was sent.',
    },
  });
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('an event with a lower ControlNumber is a failure like any other: databases are restored', async () => {
  await using service = await aService();
  await service.deliver(await failureEvent(service));
  service.sandbox.restoreDatabase();

  expect((await service.deliver(await failureEvent(service))).body).toMatchObject({
    decision: 'requeued',
    retry: 2,
  });
  expect(service.sandbox.requeues(jobId)).toBe(2);
});

test('a job that was quiet for resetAfter starts a new episode with a full budget', async () => {
  await using service = await aService({
    policy: { defaults: { maxRetries: 1, resetAfter: 'PT2H' }, jobs: everyJob.jobs },
  });
  await service.deliver(await failureEvent(service));
  expect((await service.deliver(await failureEvent(service))).body).toMatchObject({ decision: 'exhausted' });
  service.sandbox.setStatus(jobId, 'Waiting');
  if (service.clock instanceof ManualClock) await service.clock.advance(2 * 3600_000);

  expect((await service.deliver(await failureEvent(service))).body).toMatchObject({
    decision: 'requeued',
    retry: 1,
  });
});

test('a job that no entry lists is never touched, nor written down', async () => {
  await using service = await aService({ policy: { jobs: [{ name: 'Another', match: { jobId: ['1'] } }] } });

  expect(await service.deliver(await failureEvent(service))).toMatchObject({
    status: 200,
    body: { decision: 'ignored', policy: null, reason: 'No policy entry lists this job.' },
  });
  expect(service.sandbox.requests).toEqual([]);
  expect((await service.get('batch-jobs')).body).toEqual({ value: [] });
});

test.each(['shadow', 'off'])('in mode %s nothing is sent, and the history says why', async (mode) => {
  await using service = await aService({ policy: { jobs: [{ ...everyJob.jobs[0], mode }] } });
  const decision = mode === 'shadow' ? 'shadow' : 'ignored';

  expect(await service.deliver(await failureEvent(service))).toMatchObject({
    status: 200,
    body: { decision },
  });
  expect(service.sandbox.requests).toEqual([]);
  const { body } = await service.get(`batch-jobs/${jobId}/history`);
  expect(body).toMatchObject({
    value: [{ decision, policy: 'Every job', reason: expect.stringContaining('"Every job"') }],
  });
});

test.each(['9223372036854775807', '-9223372036854775808', '9007199254740993'])(
  'job id %s survives digit for digit: event, request, store, answer and log',
  async (id) => {
    await using service = await aService({ jobs: [{ ...nightlyPosting, jobId: id }] });

    const { body } = await service.deliver(await failureEvent(service, id));

    expect(body).toMatchObject({ decision: 'requeued', jobId: id });
    const [sent] = service.sandbox.requests.filter(({ route }) => route === 'action');
    expect(sent?.rawBody).toBe(`{"batchJobId":${id}}`);
    expect((await service.get('batch-jobs')).body).toMatchObject({ value: [{ jobId: id, retriesUsed: 1 }] });
    expect(service.lines.at(-1)).toContain(` ${id} `);
  },
);

test.each(answerSpellings)('the answer spelled %s is understood', async (answer) => {
  await using service = await aService({ sandbox: { answer } });

  expect((await service.deliver(await failureEvent(service))).body).toMatchObject({ decision: 'requeued' });
});

test('the history says what was decided, by which entry, why, when and what F&O answered', async () => {
  await using service = await aService();
  const event = await failureEvent(service);
  service.sandbox.faults.add({ kind: 'refused', message: 'Ask user@example.com.' }, { on: 'action' });
  await service.deliver(event);

  const { body } = await service.get(`batch-jobs/${jobId}/history`);

  expect(body['value']).toEqual([
    {
      at: service.clock.now().toISOString(),
      kind: 'failure',
      eventId: expect.any(String),
      envelope: 'flat',
      learned: null,
      decision: 'refused',
      retry: null,
      policy: 'Every job',
      reason: 'F&O refused: Ask (e-mail address)',
      dueAt: null,
      by: null,
      fno: { status: 200, isSuccess: false, message: 'Ask (e-mail address)' },
    },
  ]);
});

test('an array is answered by an array in its order, and a bad event does not lose the good ones', async () => {
  await using service = await aService({ jobs: [nightlyPosting, { ...nightlyPosting, jobId: '2' }] });
  const [first, second] = [await failureEvent(service), await failureEvent(service, '2')];

  const { status, body } = await service.deliver(`[${first},{"BusinessEventId":""},${second}]`);

  expect(status).toBe(200);
  expect(body).toMatchObject([
    { decision: 'requeued', jobId },
    { status: 422, errors: [{ pointer: '/BusinessEventId' }] },
    { decision: 'requeued', jobId: '2' },
  ]);
});

test('a failure that F&O could not take is superseded by a newer one of its job, and one requeue serves both', async () => {
  await using service = await aService();
  service.sandbox.faults.add({ kind: 'throttled', retryAfter: 600 }, { on: 'action', times: 2 });
  await service.deliver(await failureEvent(service));
  service.sandbox.setStatus(jobId, 'Waiting');
  const second = await failureEvent(service);

  expect(await service.deliver(second)).toMatchObject({ status: 202, body: { decision: 'deferred' } });
  if (service.clock instanceof ManualClock) await service.clock.advance(600_000);
  await service.service.pollWorkQueue();

  expect(service.sandbox.requeues(jobId)).toBe(1);
  const { body } = await service.get(`batch-jobs/${jobId}/history`);
  expect(body).toMatchObject({
    value: [
      { decision: 'requeued' },
      { decision: 'deferred' },
      { decision: 'superseded' },
      { decision: 'deferred' },
    ],
  });
});

test('a failure behind a request of unknown fate waits, proves that the request arrived, and is requeued in turn', async () => {
  await using service = await aService();
  service.sandbox.faults.add({ kind: 'reset', committed: true }, { on: 'action' });
  expect((await service.deliver(await failureEvent(service))).body).toMatchObject({ decision: 'deferred' });

  expect((await service.deliver(await failureEvent(service))).body).toMatchObject({
    decision: 'requeued',
    retry: 2,
  });
  expect(service.sandbox.requeues(jobId)).toBe(2);
});

test('a store that cannot be reached is answered 503 with Retry-After, and nothing is sent', async () => {
  await using service = await aService({
    settings: { STORE: `sqlite:${fileURLToPath(import.meta.url)}/no-folder/store.sqlite` },
  });

  const { status, body, headers } = await service.deliver(await failureEvent(service));

  expect(status).toBe(503);
  expect(headers.get('retry-after')).toBe('5');
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(body).toMatchObject({ type: 'urn:batch-retry:problem:store-unavailable', status: 503 });
  expect(service.sandbox.requests).toEqual([]);
});

test('an outcome that cannot be recorded is answered 202, and the status in F&O settles it', async () => {
  let writes = 0;
  await using service = await aService({
    wrapLedger: (ledger) =>
      new Proxy(ledger, {
        get: (target, name) =>
          name === 'write'
            ? (...args: Parameters<Ledger['write']>) =>
                ++writes === 2 ? Promise.reject(new StoreUnavailable('disk full')) : target.write(...args)
            : Reflect.get(target, name).bind(target),
      }),
  });

  const { status, body } = await service.deliver(await failureEvent(service));
  expect({ status, body }).toMatchObject({ status: 202, body: { decision: 'deferred' } });
  if (service.clock instanceof ManualClock) await service.clock.advance(60_000);
  await service.service.pollWorkQueue();

  expect((await service.get(`batch-jobs/${jobId}`)).body).toMatchObject({
    state: 'requeued',
    retriesUsed: 1,
  });
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('ten events of ten jobs that are due at once ask for one token', async () => {
  const jobs = Array.from({ length: 10 }, (_, index) => ({ ...nightlyPosting, jobId: String(index + 1) }));
  await using service = await aService({ jobs });
  const events = [];
  for (const job of jobs) events.push(await failureEvent(service, job.jobId));

  await Promise.all(events.map((event) => service.deliver(event)));

  expect(service.sandbox.tokensIssued).toBe(1);
  expect(jobs.map((job) => service.sandbox.requeues(job.jobId))).toEqual(jobs.map(() => 1));
});
