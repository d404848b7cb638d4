import { expect, test } from 'vitest';
import { aService, failureEvent, nightlyPosting } from '../../helpers/a-service.ts';
import { everyJob } from '../../helpers/policies.ts';
import { attentions, finishedEvent, minute, newest, pass, theJob } from '../playing.ts';

const { jobId } = nightlyPosting;
const healing = { ...nightlyPosting, script: { kind: 'fail-times', times: 1 } } as const;

test('a requeued job that finishes has recovered: its episode ends, and the history says how long it took', async () => {
  await using service = await aService({ jobs: [healing] });
  await service.deliver(await failureEvent(service));
  await pass(service, 5 * minute);
  await service.sandbox.run(jobId);
  await pass(service, 10 * minute);

  expect(await theJob(service)).toMatchObject({ state: 'recovered', retriesUsed: 0, dueAt: null });
  expect(await newest(service)).toMatchObject({
    kind: 'recovered',
    decision: null,
    retry: 1,
    reason: 'The job ran without error after 1 retry, 8 min after it first failed.',
  });
});

test('after a recovery the next failure has a full budget', async () => {
  await using service = await aService({
    jobs: [healing],
    policy: { defaults: { maxRetries: 1 }, ...everyJob },
  });
  await service.deliver(await failureEvent(service));
  await pass(service, minute);
  await service.sandbox.run(jobId);
  await pass(service, 10 * minute);
  service.sandbox.setScript(jobId, { kind: 'always-fail' });
  service.sandbox.setStatus(jobId, 'Waiting');

  expect((await service.deliver(await failureEvent(service))).body).toMatchObject({
    decision: 'requeued',
    retry: 1,
  });
});

test('a failure whose event never came is found in Error and treated as received', async () => {
  await using service = await aService();
  await service.deliver(await failureEvent(service));
  await failureEvent(service);
  await pass(service, 10 * minute);

  expect(service.sandbox.requeues(jobId)).toBe(2);
  expect(await newest(service)).toMatchObject({
    decision: 'requeued',
    retry: 2,
    eventId: expect.stringMatching(/^LOST-/),
  });
});

test('the event of a failure that was found in Error is a duplicate when it comes after all', async () => {
  await using service = await aService();
  await service.deliver(await failureEvent(service));
  const late = await failureEvent(service);
  await pass(service, 10 * minute);

  expect((await service.deliver(late)).body).toMatchObject({ decision: 'duplicate' });
  expect(service.sandbox.requeues(jobId)).toBe(2);
});

test('lost events use the budget up like any other, and no more', async () => {
  await using service = await aService();
  await service.deliver(await failureEvent(service));
  for (let run = 0; run < 10; run++) {
    if (service.sandbox.job(jobId).status === 'Waiting') await failureEvent(service);
    await pass(service, 40 * minute);
  }

  expect(service.sandbox.requeues(jobId)).toBe(5);
  expect(await theJob(service)).toMatchObject({ state: 'exhausted', retriesUsed: 5 });
  expect(attentions(service)).toHaveLength(1);
});

test('a job that does not end within a day is announced as stuck, once, and is not touched', async () => {
  await using service = await aService();
  await service.deliver(await failureEvent(service));
  service.sandbox.setStatus(jobId, 'Executing');
  await pass(service, 26 * 60 * minute);

  expect(await theJob(service)).toMatchObject({ state: 'stuck', dueAt: null });
  expect(attentions(service)).toEqual([expect.stringMatching(/is Executing now: its run does not end/)]);
  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(service.sandbox.job(jobId).status).toBe('Executing');
});

test('a requeued job that somebody cancels ends its episode without another requeue', async () => {
  await using service = await aService();
  await service.deliver(await failureEvent(service));
  service.sandbox.setStatus(jobId, 'Canceled');
  await pass(service, 10 * minute);

  expect(await theJob(service)).toMatchObject({ state: 'canceled', retriesUsed: 0 });
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('a finished event ends the episode at once', async () => {
  await using service = await aService({ jobs: [{ ...healing, sends: ['failed', 'finished'] }] });
  await service.deliver(await failureEvent(service));
  await pass(service, minute);
  const finished = await finishedEvent(service);

  expect(await service.deliver(finished)).toMatchObject({
    status: 200,
    body: { decision: 'ignored', reason: 'F&O reported a run of the job (finished): its episode has ended.' },
  });
  expect(await theJob(service)).toMatchObject({ state: 'recovered', retriesUsed: 0, dueAt: null });
  expect(await service.deliver(finished)).toMatchObject({ status: 200, body: { decision: 'ignored' } });
  const { body } = await service.get(`batch-jobs/${jobId}/history`);
  expect(body).toMatchObject({ value: [{ kind: 'recovered' }, { decision: 'requeued' }] });
});

test('a finished event that is older than the failure changes nothing', async () => {
  await using service = await aService({
    jobs: [
      {
        ...nightlyPosting,
        recurrence: { everyMs: 24 * 60 * minute },
        script: { kind: 'succeed' },
        sends: ['failed', 'finished'],
      },
    ],
  });
  const finished = await finishedEvent(service);
  service.sandbox.setScript(jobId, { kind: 'always-fail' });
  await service.deliver(await failureEvent(service));

  await service.deliver(finished);

  expect(await theJob(service)).toMatchObject({ state: 'requeued', retriesUsed: 1 });
});

test('a requeued job whose status cannot be read for a day is announced as stuck', async () => {
  await using service = await aService();
  await service.deliver(await failureEvent(service));
  service.sandbox.faults.add({ kind: 'forbidden' }, { on: 'read', times: Infinity });
  await pass(service, 26 * 60 * minute);

  expect(await theJob(service)).toMatchObject({ state: 'stuck', dueAt: null });
  expect(attentions(service)).toEqual([expect.stringMatching(/could not be read since/)]);
});
