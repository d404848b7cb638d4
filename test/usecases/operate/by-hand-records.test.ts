import { expect, test } from 'vitest';
import { healthy } from '../../../src/ports/subscriptions.ts';
import type { WorkQueue } from '../../../src/ports/work-queue.ts';
import { aService, failureEvent, nightlyPosting, type TestService } from '../../helpers/a-service.ts';
import { startCallbackServer } from '../../helpers/callback-server.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const { jobId } = nightlyPosting;
const because = { reason: 'Month end' };
const nightly = {
  jobs: [{ name: 'Nightly', match: { description: 'Nightly*' }, maxRetries: 1 }],
};

test('a job that was paused before it ever failed is found in the policy by what F&O says of it', async () => {
  await using service = await aService({ policy: nightly });
  await failureEvent(service);
  expect(await service.post(`batch-jobs/${jobId}/pause`, because)).toMatchObject({
    body: { state: 'paused', paused: true },
  });
  await service.post(`batch-jobs/${jobId}/resume`, because);

  expect(await service.post(`batch-jobs/${jobId}/retry`, because)).toMatchObject({
    status: 200,
    body: { decision: 'requeued', policy: 'Nightly' },
  });
});

test('the failure of a set to waiting is handled under the policy although the job was only paused before', async () => {
  await using service = await aService({ policy: nightly });
  await failureEvent(service);
  await service.post(`batch-jobs/${jobId}/pause`, because);
  await service.post(`batch-jobs/${jobId}/set-to-waiting`, because);
  expect((await service.get(`batch-jobs/${jobId}`)).body).toMatchObject({
    description: 'Nightly posting',
    policy: 'Nightly',
    state: 'requeued',
  });
  await service.post(`batch-jobs/${jobId}/resume`, because);
  await failureEvent(service);
  await pass(service, 5);

  expect(service.sandbox.requeues(jobId)).toBe(2);
});

test('what is decided while another process publishes the outbox is published by that one', async () => {
  await using server = await startCallbackServer();
  let meanwhile: (() => Promise<void>) | null = null;
  const wrapQueue = (queue: WorkQueue): WorkQueue => ({
    enqueue: async (item, options) => {
      const happens = item.kind === 'deliver' ? meanwhile : null;
      if (happens) meanwhile = null;
      await happens?.();
      return queue.enqueue(item, options);
    },
    receive: (limit) => queue.receive(limit),
    complete: (received) => queue.complete(received),
    postpone: (...args) => queue.postpone(...args),
    deadLetter: (item, raw, reason) => queue.deadLetter(item, raw, reason),
    listDeadLetters: (limit) => queue.listDeadLetters(limit),
    proveWritable: () => queue.proveWritable(),
  });
  await using service = await aService({
    policy: nightly,
    settings: { CALLBACK_HOSTS: server.origin },
    wrapQueue,
  });
  await service.subscriptions.add({
    id: 'one',
    callbackUrl: `${server.origin}/one`,
    events: ['requeued', 'exhausted'],
    environment: null,
    jobId: null,
    createdAt: service.clock.now(),
    ...healthy,
  });
  await service.deliver(await failureEvent(service));
  meanwhile = async () => {
    // Ends that are two seconds apart would be of one run.
    if (service.clock instanceof ManualClock) await service.clock.advance(3000);
    await service.sandbox.run(jobId);
    const { body } = await service.deliver(service.sandbox.failedEvent(jobId));
    expect(body).toMatchObject({ decision: 'exhausted' });
    await pass(service, 2);
  };
  await pass(service, 10);

  expect(server.received.map(({ body }) => body)).toMatchObject([
    { event: 'requeued' },
    { event: 'exhausted' },
  ]);
});

test('a requeue that is known of only when its run has ended is announced with the episode that it ended', async () => {
  await using server = await startCallbackServer();
  await using service = await aService({ policy: nightly, settings: { CALLBACK_HOSTS: server.origin } });
  await service.subscriptions.add({
    id: 'one',
    callbackUrl: `${server.origin}/one`,
    events: ['requeued', 'recovered'],
    environment: null,
    jobId: null,
    createdAt: service.clock.now(),
    ...healthy,
  });
  service.sandbox.faults.add({ kind: 'reset', committed: true }, { on: 'action' });
  await service.deliver(await failureEvent(service));
  await pass(service, 5);
  service.sandbox.setScript(jobId, { kind: 'succeed' });
  await service.sandbox.run(jobId);
  await pass(service, 60);

  const timeline = [{ decision: 'deferred' }, { decision: 'requeued' }, { kind: 'recovered' }];
  expect(server.received.map(({ body }) => body)).toMatchObject([
    { event: 'requeued', retriesUsed: 1, timeline },
    { event: 'recovered', retriesUsed: 1, timeline },
  ]);
});

/** Lets seconds pass, and does what is due meanwhile. */
async function pass({ clock, service }: TestService, seconds: number): Promise<void> {
  if (!(clock instanceof ManualClock)) throw new Error("Its clock is not the test's.");
  for (let passed = 0; passed < seconds; passed++) {
    await clock.advance(1000);
    while ((await service.pollWorkQueue()) > 0);
  }
}
