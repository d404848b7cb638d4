import { expect, test } from 'vitest';
import { healthy } from '../../../src/ports/subscriptions.ts';
import type { WorkItem } from '../../../src/ports/work-item.ts';
import { aService, failureEvent, nightlyPosting } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { everyJob } from '../../helpers/policies.ts';
import { attentions, minute, pass } from '../playing.ts';

const { jobId } = nightlyPosting;
const once = { policy: { defaults: { maxRetries: 1 }, ...everyJob } };

/** A clock that people set forward, which takes no time. */
class SetClock extends ManualClock {
  setForwardMs = 0;

  override now(): Date {
    return new Date(super.now().getTime() + this.setForwardMs);
  }
}

/** A service whose queue loses items of these kinds, until it is told to stop. */
async function aLosingService(...kinds: WorkItem['kind'][]) {
  const losing = new Set(kinds);
  const clock = new SetClock();
  const delivered: string[] = [];
  const service = await aService({
    ...once,
    clock,
    wrapQueue: (queue) => {
      const enqueue = queue.enqueue.bind(queue);
      queue.enqueue = (item, options) => {
        if (item.kind === 'deliver') delivered.push(item.notification.event);
        return losing.has(item.kind) ? Promise.resolve() : enqueue(item, options);
      };
      return queue;
    },
  });
  return { service, clock, delivered, heal: () => losing.clear() };
}

test('an outbox that nobody published, of a job of which nothing else is due, is published by the sweep, all of it', async () => {
  const { service, delivered, heal } = await aLosingService('publish');
  await using _ = service;
  await service.subscriptions.add({
    id: 'one',
    callbackUrl: 'https://contoso.example/hook',
    events: ['requeued', 'exhausted'],
    environment: null,
    jobId: null,
    createdAt: service.clock.now(),
    ...healthy,
  });
  for (const decision of ['requeued', 'exhausted']) {
    expect((await service.deliver(await failureEvent(service))).body).toMatchObject({ decision });
  }
  await pass(service, 12 * minute);
  expect(attentions(service)).toEqual([]);

  heal();
  expect(await service.service.sweep()).toBe(1);
  await pass(service, minute);
  expect(attentions(service)).toEqual([expect.stringMatching(/exhausted/)]);
  expect(delivered).toEqual(['requeued', 'exhausted']);
});

test('the sweep leaves a claim to its process for one lease more, although the clock was set forward', async () => {
  const { service, clock, heal } = await aLosingService('wake');
  await using _ = service;
  const event = await failureEvent(service);
  service.sandbox.faults.add({ kind: 'delay', ms: 1500, acts: 'last' }, { on: 'action' });
  const answer = service.deliver(event);
  await expect.poll(() => service.sandbox.requests.some(({ route }) => route === 'action')).toBe(true);

  heal();
  clock.setForwardMs = 60 * minute;
  expect(await service.service.sweep()).toBe(1);
  await service.service.pollWorkQueue();
  expect((await answer).body).toMatchObject({ decision: 'requeued' });
  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(service.sandbox.requests.filter(({ route }) => route === 'action')).toHaveLength(1);
});

test('a job that was due a minute ago is left to its item in the work queue', async () => {
  const { service, heal } = await aLosingService('wake');
  await using _ = service;
  service.sandbox.faults.add({ kind: 'throttled', retryAfter: 60 }, { on: 'action' });
  await service.deliver(await failureEvent(service));
  await pass(service, 2 * minute);
  expect(await service.service.sweep()).toBe(0);
  await pass(service, 10 * minute);
  heal();
  expect(await service.service.sweep()).toBe(1);
});
