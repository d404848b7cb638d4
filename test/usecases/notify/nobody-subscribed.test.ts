import { expect, test } from 'vitest';
import { StoreUnavailable } from '../../../src/ports/ledger.ts';
import type { Telemetry, TelemetryEvent } from '../../../src/ports/telemetry.ts';
import type { WorkItem } from '../../../src/ports/work-item.ts';
import type { WorkQueue } from '../../../src/ports/work-queue.ts';
import { recentMs } from '../../../src/usecases/engine/recent-subscriptions.ts';
import { aService, failureEvent, nightlyPosting, type TestService } from '../../helpers/a-service.ts';
import { aSubscription } from '../../helpers/a-subscription.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { everyJob } from '../../helpers/policies.ts';
import { attentions, minute, pass } from '../playing.ts';

const { jobId } = nightlyPosting;

/** A service, with the kinds of the items that it enqueues, and with what it records. */
async function aWatchedService(policy: object = everyJob) {
  const enqueued: WorkItem['kind'][] = [];
  const recorded: TelemetryEvent[] = [];
  const wrapQueue = (queue: WorkQueue) => {
    const enqueue = queue.enqueue.bind(queue);
    queue.enqueue = (item, options) => {
      enqueued.push(item.kind);
      return enqueue(item, options);
    };
    return queue;
  };
  const watch = (telemetry: Telemetry): Telemetry => ({
    record: (event) => {
      recorded.push(event);
      telemetry.record(event);
    },
    span: (step, act, outcomeOf) => telemetry.span(step, act, outcomeOf),
    linkTo: (trace) => telemetry.linkTo(trace),
    trace: () => telemetry.trace(),
  });
  const clock = new ManualClock();
  const service = await aService({ policy, clock, wrapQueue, watch });
  const published = () => enqueued.filter((kind) => kind === 'publish').length;
  const notified = () => recorded.flatMap((one) => (one.kind === 'notified' ? [one.notification] : []));
  return { service, clock, published, notified };
}

async function failAgain({ sandbox, deliver }: TestService): Promise<void> {
  if (sandbox.job(jobId).status === 'Error') sandbox.setStatus(jobId, 'Waiting');
  await deliver(await failureEvent(sandbox));
}

test('a requeue and a recovery that nobody subscribed to are recorded, and nothing is queued to publish them', async () => {
  const watched = await aWatchedService();
  await using service = watched.service;
  await service.deliver(await failureEvent(service));
  service.sandbox.setScript(jobId, { kind: 'succeed' });
  await pass(service, minute);
  await service.sandbox.run(jobId);
  await pass(service, 10 * minute);
  expect(watched.notified()).toEqual(['requeued', 'recovered']);
  expect(watched.published()).toBe(0);
});

test('what a person must look at is queued and announced once, though nobody subscribed', async () => {
  const watched = await aWatchedService({ defaults: { maxRetries: 1 }, ...everyJob });
  await using service = watched.service;
  await failAgain(service);
  await failAgain(service);
  expect(watched.published()).toBe(1);
  expect(attentions(service)).toEqual([]);
  await pass(service, 5 * minute);
  expect(attentions(service)).toEqual([expect.stringMatching(/exhausted/)]);
  expect(watched.notified()).toEqual(['requeued', 'exhausted']);
});

test('a subscription by this process counts at once', async () => {
  const watched = await aWatchedService();
  await using service = watched.service;
  await service.deliver(await failureEvent(service));
  service.sandbox.setStatus(jobId, 'Waiting');
  await watched.clock.advance(recentMs - 1);
  await service.sandbox.run(jobId);
  const callbackUrl = 'https://prod-01.westeurope.logic.azure.com/workflows/1?sig=a-secret';
  expect((await service.post('subscriptions', { callbackUrl })).status).toBe(201);
  await service.deliver(service.sandbox.failedEvent(jobId));
  expect(watched.published()).toBe(1);
});

test('a subscription by another process counts after some seconds', async () => {
  const watched = await aWatchedService();
  await using service = watched.service;
  await service.deliver(await failureEvent(service));
  await service.subscriptions.add(aSubscription());
  service.sandbox.setStatus(jobId, 'Waiting');
  await watched.clock.advance(recentMs - 1);
  await service.sandbox.run(jobId);
  await service.deliver(service.sandbox.failedEvent(jobId));
  expect(watched.notified()).toEqual(['requeued', 'requeued']);
  expect(watched.published()).toBe(0);
  await watched.clock.advance(recentMs);
  await failAgain(service);
  expect(watched.published()).toBe(1);

  await service.subscriptions.remove('subscription');
  await watched.clock.advance(recentMs);
  await failAgain(service);
  expect(watched.published()).toBe(1);
});

test('a notification to which nobody subscribed for this job is not queued', async () => {
  const watched = await aWatchedService();
  await using service = watched.service;
  await service.subscriptions.add(aSubscription({ events: ['recovered'] }));
  await service.subscriptions.add(aSubscription({ id: 'other', environment: 'other' }));
  await service.deliver(await failureEvent(service));
  expect(watched.published()).toBe(0);
});

test.each([new StoreUnavailable('gone'), new TypeError('a bug')])(
  'while the list of subscriptions cannot be read (%s), a notification is kept',
  async (error) => {
    const watched = await aWatchedService();
    await using service = watched.service;
    const list = service.subscriptions.list.bind(service.subscriptions);
    service.subscriptions.list = () => Promise.reject(error);
    expect((await service.deliver(await failureEvent(service))).body).toMatchObject({ decision: 'requeued' });
    service.subscriptions.list = list;
    expect(watched.published()).toBe(1);
    await pass(service, minute);
    expect(watched.notified()).toEqual(['requeued']);
  },
);
