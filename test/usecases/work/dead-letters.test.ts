import { expect, test } from 'vitest';
import { aService, failureEvent, nightlyPosting } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { aSubscription } from '../../helpers/a-subscription.ts';
import { everyJob } from '../../helpers/policies.ts';
import { attentions, minute, pass, theJob } from '../playing.ts';

const { jobId } = nightlyPosting;

test('work that fails five times is a dead letter, announced once, and listed', async () => {
  await using service = await aService({
    wrapLedger: (ledger) => {
      const read = ledger.read.bind(ledger);
      ledger.read = (key, eventId) =>
        eventId === null ? Promise.reject(new TypeError('a bug')) : read(key, eventId);
      return ledger;
    },
  });
  await service.subscriptions.add(aSubscription({ events: ['requeued'] }));
  await service.deliver(await failureEvent(service));
  await pass(service, 20 * minute);

  // The poll of its run, and the publishing of its requeue.
  const bothItems = [
    expect.stringMatching(/dead-letter.*a bug/),
    expect.stringMatching(/dead-letter.*a bug/),
  ];
  expect(attentions(service)).toEqual(bothItems);
  const value = [
    { jobId, kind: 'wake', reason: 'a bug' },
    { jobId, kind: 'publish', reason: 'a bug' },
  ];
  expect((await service.get('dead-letters')).body).toMatchObject({ value });
});

test('a dead letter is left to people by the sweep, and the next failure of its job is handled', async () => {
  let faults = 5;
  await using service = await aService({
    wrapLedger: (ledger) => {
      const read = ledger.read.bind(ledger);
      ledger.read = (key, eventId) =>
        eventId === null && faults-- > 0 ? Promise.reject(new TypeError('a bug')) : read(key, eventId);
      return ledger;
    },
  });
  service.sandbox.faults.add({ kind: 'throttled', retryAfter: 60 }, { on: 'action' });
  await service.deliver(await failureEvent(service));
  await pass(service, 20 * minute);
  expect(attentions(service)).toEqual([expect.stringMatching(/dead-letter.*a bug/)]);

  await pass(service, 60 * minute);
  expect(await service.service.sweep()).toBe(0);
  await pass(service, 60 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(0);
  service.sandbox.setStatus(jobId, 'Waiting');
  await service.deliver(await failureEvent(service));
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('an outbox that cannot be published is announced once, left alone by the sweep, and published with what comes next', async () => {
  await using service = await aService();
  const list = service.subscriptions.list.bind(service.subscriptions);
  service.subscriptions.list = () => Promise.reject(new TypeError('a bug'));
  await service.deliver(await failureEvent(service));
  await pass(service, 20 * minute);
  expect(attentions(service)).toEqual([expect.stringMatching(/dead-letter.*a bug/)]);
  for (let hour = 0; hour < 3; hour++) {
    await pass(service, 60 * minute);
    expect(await service.service.sweep()).toBe(0);
  }
  expect(attentions(service)).toHaveLength(1);

  let published = 0;
  service.subscriptions.list = () => {
    published += 1;
    return list();
  };
  await service.deliver(await failureEvent(service));
  await pass(service, minute);
  expect(published).toBe(1);
});

test('a failure that waits after a dead letter of its job has a wake-up of its own', async () => {
  let faults = 5;
  await using service = await aService({
    policy: { defaults: { delays: ['PT5M'] }, ...everyJob },
    wrapLedger: (ledger) => {
      const read = ledger.read.bind(ledger);
      ledger.read = (key, eventId) =>
        eventId === null && faults-- > 0 ? Promise.reject(new TypeError('a bug')) : read(key, eventId);
      return ledger;
    },
  });
  await service.deliver(await failureEvent(service));
  await pass(service, 60 * minute);
  expect(attentions(service)).toEqual([expect.stringMatching(/dead-letter.*a bug/)]);

  service.sandbox.setStatus(jobId, 'Waiting');
  await service.deliver(await failureEvent(service));
  await pass(service, 6 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('a job whose item in the work queue was lost is queued again by the sweep', async () => {
  let isLosing = true;
  await using service = await aService({
    wrapQueue: (queue) => {
      const enqueue = queue.enqueue.bind(queue);
      queue.enqueue = (...args) => (isLosing ? Promise.resolve() : enqueue(...args));
      return queue;
    },
  });
  service.sandbox.faults.add({ kind: 'throttled', retryAfter: 60 }, { on: 'action' });
  await service.deliver(await failureEvent(service));
  await pass(service, 20 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(0);

  isLosing = false;
  expect(await service.service.sweep()).toBe(1);
  await pass(service, minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('events and history are pruned after 90 days, the job is not', async () => {
  await using service = await aService();
  await service.deliver(await failureEvent(service));
  await pass(service, 30 * minute);
  const { clock } = service;
  if (clock instanceof ManualClock) await clock.advance(89 * 24 * 60 * minute);
  expect(await service.service.pruneHistory()).toBe(0);
  if (clock instanceof ManualClock) await clock.advance(2 * 24 * 60 * minute);

  expect(await service.service.pruneHistory()).toBe(2);
  expect((await service.get(`batch-jobs/${jobId}/history`)).body).toEqual({ value: [] });
  expect(await theJob(service)).toMatchObject({ jobId });
});
