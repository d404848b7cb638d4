import { expect, test } from 'vitest';
import { aFailure, aService, everyJob, nightlyPosting, type TestService } from '../helpers/a-service.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { aWebhook } from '../sandbox/webhook.ts';

const { jobId } = nightlyPosting;
const minute = 60_000;
const healing = { ...nightlyPosting, script: { kind: 'fail-times', times: 1 } } as const;

test('a requeued job that finishes has recovered: its episode ends, and the history says how long it took', async () => {
  await using service = await aService({ jobs: [healing] });
  await service.deliver(await aFailure(service));
  await pass(service, 5 * minute);
  await service.sandbox.run(jobId);
  await pass(service, 10 * minute);

  expect(await theJob(service)).toMatchObject({ state: 'recovered', retriesUsed: 0, dueAt: null });
  expect(await newest(service)).toMatchObject({
    kind: 'recovered',
    decision: null,
    retry: 1,
    reason: expect.stringMatching(
      /^The job ran without error after 1 retry, about \d+ min after it first failed\.$/,
    ),
  });
});

test('a recurring job is Waiting again after it finished: its end time tells that it has recovered', async () => {
  await using service = await aService({ jobs: [{ ...healing, recurring: true }] });
  await service.deliver(await aFailure(service));
  await pass(service, 5 * minute);
  await service.sandbox.run(jobId);
  expect(service.sandbox.job(jobId).status).toBe('Waiting');
  await pass(service, 10 * minute);

  expect(await theJob(service)).toMatchObject({ state: 'recovered', retriesUsed: 0 });
});

test('after a recovery the next failure has a full budget', async () => {
  await using service = await aService({
    jobs: [{ ...nightlyPosting, recurring: true, script: { kind: 'fail-times', times: 1 } }],
    policy: { defaults: { maxRetries: 1 }, ...everyJob },
  });
  await service.deliver(await aFailure(service));
  await pass(service, minute);
  await service.sandbox.run(jobId);
  await pass(service, 10 * minute);
  service.sandbox.setScript(jobId, { kind: 'always-fail' });

  expect((await service.deliver(await aFailure(service))).body).toMatchObject({
    decision: 'requeued',
    retry: 1,
  });
});

test('a failure whose event never came is found in Error and treated as received', async () => {
  await using service = await aService();
  await service.deliver(await aFailure(service));
  await aFailure(service);
  await pass(service, 10 * minute);

  expect(service.sandbox.requeues(jobId)).toBe(2);
  expect(await newest(service)).toMatchObject({
    decision: 'requeued',
    retry: 2,
    eventId: expect.stringMatching(/^LOST-/),
  });
});

test('the event of a failure that was found in Error is superseded when it comes after all', async () => {
  await using service = await aService();
  await service.deliver(await aFailure(service));
  const late = await aFailure(service);
  await pass(service, 10 * minute);

  expect((await service.deliver(late)).body).toMatchObject({ decision: 'superseded' });
  expect(service.sandbox.requeues(jobId)).toBe(2);
});

test('lost events use the budget up like any other, and no more', async () => {
  await using service = await aService();
  await service.deliver(await aFailure(service));
  for (let run = 0; run < 10; run++) {
    if (service.sandbox.job(jobId).status === 'Waiting') await aFailure(service);
    await pass(service, 40 * minute);
  }

  expect(service.sandbox.requeues(jobId)).toBe(5);
  expect(await theJob(service)).toMatchObject({ state: 'exhausted', retriesUsed: 5 });
  expect(attentions(service)).toHaveLength(1);
});

test('a job that does not end within a day is told of as stuck, once, and is not touched', async () => {
  await using service = await aService();
  await service.deliver(await aFailure(service));
  service.sandbox.setStatus(jobId, 'Executing');
  await pass(service, 26 * 60 * minute);

  expect(await theJob(service)).toMatchObject({ state: 'stuck', dueAt: null });
  expect(attentions(service)).toEqual([expect.stringMatching(/is Executing now: its run does not end/)]);
  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(service.sandbox.job(jobId).status).toBe('Executing');
});

test('a requeued job that somebody cancels ends its episode without another requeue', async () => {
  await using service = await aService();
  await service.deliver(await aFailure(service));
  service.sandbox.setStatus(jobId, 'Canceled');
  await pass(service, 10 * minute);

  expect(await theJob(service)).toMatchObject({ state: 'canceled', retriesUsed: 0 });
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('a finished event ends the episode at once', async () => {
  await using service = await aService({ jobs: [{ ...healing, sends: ['failed', 'finished'] }] });
  await service.deliver(await aFailure(service));
  await pass(service, minute);
  const finished = await finishedEvent(service);

  expect(await service.deliver(finished)).toMatchObject({
    status: 200,
    body: { decision: 'ignored', reason: 'The job finished: its run of failures is over.' },
  });
  expect(await theJob(service)).toMatchObject({ state: 'recovered', retriesUsed: 0, dueAt: null });
  expect(await service.deliver(finished)).toMatchObject({ status: 200, body: { decision: 'ignored' } });
  const { body } = await service.get(`batch-jobs/${jobId}/history`);
  expect(body).toMatchObject({ value: [{ kind: 'recovered' }, { decision: 'requeued' }] });
});

test('a finished event that is older than the failure changes nothing', async () => {
  await using service = await aService({
    jobs: [
      { ...nightlyPosting, recurring: true, script: { kind: 'succeed' }, sends: ['failed', 'finished'] },
    ],
  });
  const finished = await finishedEvent(service);
  service.sandbox.setScript(jobId, { kind: 'always-fail' });
  await service.deliver(await aFailure(service));

  await service.deliver(finished);

  expect(await theJob(service)).toMatchObject({ state: 'requeued', retriesUsed: 1 });
});

test('a policy with delays schedules, and requeues when it is due if the job is still in Error', async () => {
  await using service = await aService({
    policy: { defaults: { delays: ['PT0S', 'PT5M', 'PT30M'] }, ...everyJob },
  });
  expect((await service.deliver(await aFailure(service))).body).toMatchObject({ decision: 'requeued' });

  const second = await service.deliver(await aFailure(service));
  const due = new Date(service.clock.now().getTime() + 5 * minute).toISOString();
  expect(second).toMatchObject({ status: 202, body: { decision: 'scheduled', dueAt: due } });
  await pass(service, 4 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
  await pass(service, 2 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(2);

  for (const retry of [3, 4]) {
    expect((await service.deliver(await aFailure(service))).body).toMatchObject({ decision: 'scheduled' });
    await pass(service, 29 * minute);
    expect(service.sandbox.requeues(jobId)).toBe(retry - 1);
    await pass(service, 2 * minute);
    expect(service.sandbox.requeues(jobId)).toBe(retry);
  }
});

test('a scheduled requeue is dropped if the job is not in Error when it is due', async () => {
  await using service = await aService({ policy: { defaults: { delays: ['PT5M'] }, ...everyJob } });
  await service.deliver(await aFailure(service));
  service.sandbox.setStatus(jobId, 'Finished');
  await pass(service, 6 * minute);

  expect(service.sandbox.requeues(jobId)).toBe(0);
  expect(await newest(service)).toMatchObject({ decision: 'superseded' });
});

test('what F&O could not take for giveUpAfter is given up, told of once, and its budget stays', async () => {
  await using service = await aService({ policy: { defaults: { giveUpAfter: 'PT6H' }, ...everyJob } });
  service.sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'any', times: Infinity });
  await service.deliver(await aFailure(service));
  await pass(service, 12 * 60 * minute);

  expect(await theJob(service)).toMatchObject({ state: 'refused', retriesUsed: 0, dueAt: null });
  expect(attentions(service)).toEqual([expect.stringMatching(/given up/)]);
});

test('set-up that is wrong is told of at the first deferral, not at each', async () => {
  await using service = await aService();
  for (const on of ['action', 'read'] as const)
    service.sandbox.faults.add({ kind: 'forbidden' }, { on, times: 2 });
  await service.deliver(await aFailure(service));
  await pass(service, 8 * 60 * minute);

  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(attentions(service)).toEqual([expect.stringMatching(/cannot be used as it is set up/)]);
});

test('work that fails five times is set aside, told of, and visible', async () => {
  await using service = await aService({
    wrapLedger: (ledger) => {
      const read = ledger.read.bind(ledger);
      ledger.read = (key, eventId) =>
        eventId === null ? Promise.reject(new TypeError('a bug')) : read(key, eventId);
      return ledger;
    },
  });
  await service.deliver(await aFailure(service));
  await pass(service, 15 * minute);

  // The look at its run, and the telling of its requeue.
  const bothItems = [expect.stringMatching(/set-aside.*a bug/), expect.stringMatching(/set-aside.*a bug/)];
  expect(attentions(service)).toEqual(bothItems);
  const value = [
    { jobId, reason: 'a bug' },
    { jobId, reason: 'a bug' },
  ];
  expect((await service.get('set-aside-work')).body).toMatchObject({ value });
});

test('once a person takes an exhausted job in hand its episode is over, and its next failure has a full budget', async () => {
  await using service = await aService({ policy: { defaults: { maxRetries: 1 }, ...everyJob } });
  await service.deliver(await aFailure(service));
  await service.deliver(await aFailure(service));
  expect(await theJob(service)).toMatchObject({ state: 'exhausted', retriesUsed: 1 });
  service.sandbox.setStatus(jobId, 'Waiting');
  await pass(service, 40 * minute);

  expect(await newest(service)).toMatchObject({
    kind: 'canceled',
    reason: expect.stringMatching(/taken it in hand/),
  });
  expect((await service.deliver(await aFailure(service))).body).toMatchObject({
    decision: 'requeued',
    retry: 1,
  });
});

test('an exhausted job that stays in Error is looked at for a day, requeued by nobody and told of once', async () => {
  await using service = await aService({ policy: { defaults: { maxRetries: 1 }, ...everyJob } });
  await service.deliver(await aFailure(service));
  await service.deliver(await aFailure(service));
  await pass(service, 26 * 60 * minute);

  expect(await theJob(service)).toMatchObject({ state: 'exhausted', dueAt: null });
  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(attentions(service)).toHaveLength(1);
});

test('a requeued job whose status cannot be read for a day is told of as stuck', async () => {
  await using service = await aService();
  await service.deliver(await aFailure(service));
  service.sandbox.faults.add({ kind: 'forbidden' }, { on: 'read', times: Infinity });
  await pass(service, 26 * 60 * minute);

  expect(await theJob(service)).toMatchObject({ state: 'stuck', dueAt: null });
  expect(attentions(service)).toEqual([expect.stringMatching(/cannot be looked at/)]);
});

test('a delay that is shorter than the half minute in which the queue looks again is kept', async () => {
  await using service = await aService({ policy: { defaults: { delays: ['PT5S'] }, ...everyJob } });
  await service.deliver(await aFailure(service));
  if (service.clock instanceof ManualClock) await service.clock.advance(5000);
  await service.service.doDueWork();

  expect(service.sandbox.requeues(jobId)).toBe(1);
  const { body } = await service.get(`batch-jobs/${jobId}/history`);
  expect(body).toMatchObject({ value: [{ decision: 'requeued' }, { decision: 'scheduled' }] });
});

test('a job whose item in the work queue was lost is taken up again by the sweep', async () => {
  let isLosing = true;
  await using service = await aService({
    wrapQueue: (queue) => {
      const put = queue.put.bind(queue);
      queue.put = (work) => (isLosing ? Promise.resolve() : put(work));
      return queue;
    },
  });
  service.sandbox.faults.add({ kind: 'throttled', retryAfter: 60 }, { on: 'action' });
  await service.deliver(await aFailure(service));
  await pass(service, 20 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(0);

  isLosing = false;
  expect(await service.service.sweep()).toBe(1);
  await pass(service, minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('events and history are forgotten after 90 days, the job is not', async () => {
  await using service = await aService();
  await service.deliver(await aFailure(service));
  await pass(service, 30 * minute);
  if (service.clock instanceof ManualClock) await service.clock.advance(91 * 24 * 60 * minute);

  expect(await service.service.forgetOld()).toBe(2);
  expect((await service.get(`batch-jobs/${jobId}/history`)).body).toEqual({ value: [] });
  expect(await theJob(service)).toMatchObject({ jobId });
});

/** Lets time pass in steps of half a minute, with the queue's work done as it falls due. */
async function pass({ clock, service }: TestService, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += minute / 2) {
    if (clock instanceof ManualClock) await clock.advance(minute / 2);
    while ((await service.doDueWork()) > 0);
  }
}

/** Runs the job, which finishes, and gives the event's text. */
async function finishedEvent({ sandbox, clock }: TestService): Promise<string> {
  await using webhook = await aWebhook(200);
  await sandbox.activateEndpoint(webhook.url);
  if (clock instanceof ManualClock) await clock.advance(minute);
  await sandbox.run(jobId);
  await sandbox.idle();
  sandbox.deactivateEndpoint(webhook.url);
  const finished = webhook.received.find(({ body }) => body.includes('BatchJobFinishedBusinessEvent'));
  if (!finished) throw new Error('No finished event came');
  return finished.body;
}

function attentions({ lines }: TestService): string[] {
  return lines.filter((line) => line.includes('ATTENTION'));
}

async function theJob(service: TestService): Promise<Record<string, unknown>> {
  return (await service.get(`batch-jobs/${jobId}`)).body;
}

async function newest(service: TestService): Promise<unknown> {
  const { value } = (await service.get(`batch-jobs/${jobId}/history`)).body;
  return Array.isArray(value) ? value[0] : undefined;
}
