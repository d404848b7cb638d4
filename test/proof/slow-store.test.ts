import { setTimeout as sleep } from 'node:timers/promises';
import { QueueClient } from '@azure/storage-queue';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/system.ts';
import { addMs } from '../../src/domain/instants.ts';
import { serializeWork, type WorkItem } from '../../src/ports/work-item.ts';
import { type WorkQueue, workQueueName } from '../../src/ports/work-queue.ts';
import { aService, failureEvent, nightlyPosting, type TestService } from '../helpers/a-service.ts';
import { startProxy } from '../helpers/azurite-proxy.ts';
import { startAzurite } from '../helpers/azurite.ts';
import { runQueueTrigger } from '../helpers/queue-trigger.ts';
import { aDecide, aPublish, aWake } from '../helpers/work-items.ts';

const azurite = await startAzurite();
const [tables, queues] = await Promise.all([startProxy(azurite.tableUrl), startProxy(azurite.queueUrl)]);
afterAll(async () => {
  await Promise.all([tables.stop(), queues.stop()]);
  await azurite.stop();
});

const isFull = process.env['PROOF'] === 'full';
const jobs = isFull ? 20 : 6;
/** All delays of the service are cut to a second here: a minute has as many deliveries as an hour or more. */
const playMs = isFull ? 60_000 : 3_500;
const longestDelayMs = 1000;

const everySlowness = [500, 900, 2000, 5000].flatMap((delayMs) => [
  { slow: 'tables and queues', delayMs },
  { slow: 'queues', delayMs },
]);
const slownesses = isFull
  ? everySlowness
  : everySlowness.filter(({ slow, delayMs }) => slow !== 'queues' && delayMs === 2000);

test.each(slownesses)(
  'while the answers of $slow are $delayMs ms late, the items of the work queue stay about as many as they were',
  async ({ slow, delayMs }) => {
    await using service = await aService({
      jobs: Array.from({ length: jobs }, (_, index) => ({ ...nightlyPosting, jobId: String(index + 1) })),
      storageConnection: azurite.connectionString(tables.url, queues.url),
      clock: systemClock,
      wrapQueue: impatient,
    });
    const queue = new QueueClient(azurite.connectionString(), workQueueName);
    const before = await fill(service, queue);

    queues.delayMs = delayMs;
    if (slow !== 'queues') tables.delayMs = delayMs;
    const most = await play(service, queue);
    queues.delayMs = 0;
    tables.delayMs = 0;

    console.log(`${slow} ${delayMs} ms late: ${before} items, then ${most} at most`);
    expect(most).toBeLessThanOrEqual(1.5 * before);
    expect((await service.get('dead-letters')).body).toEqual({ value: [] });
  },
  playMs + 60_000,
);

/** Jobs that were requeued, each with items of every kind that is about a job; what is to be decided was before. Resolves to how many items. */
async function fill(service: TestService, queue: QueueClient): Promise<number> {
  const events: { EventId: string }[] = [];
  for (let job = 1; job <= jobs; job++) {
    const event = await failureEvent(service, String(job));
    expect((await service.deliver(event)).status).toBeLessThan(300);
    events.push(JSON.parse(event));
  }
  await queue.clearMessages();
  const inAnHour = addMs(systemClock.now(), 3_600_000);
  const failures = events.flatMap(({ EventId }, index) =>
    aDecide({ jobId: String(index + 1) }).failures.map((failure) => ({
      ...failure,
      eventId: EventId.toUpperCase(),
    })),
  );
  const items = events.flatMap((_, index) => {
    const given = { jobId: String(index + 1), dueAt: inAnHour };
    const all = [...failures.slice(index), ...failures.slice(0, index)];
    return [aWake(given), aPublish(given), { ...aDecide(given), failures: all }];
  });
  for (const item of items) await send(queue, item);
  return items.length;
}

async function send(queue: QueueClient, item: WorkItem): Promise<void> {
  await queue.sendMessage(Buffer.from(serializeWork(item)).toString('base64'));
}

/** Resolves to the most items that there were. */
async function play({ service }: TestService, queue: QueueClient): Promise<number> {
  const stop = new AbortController();
  const host = runQueueTrigger(queue, service, longestDelayMs / 1000, stop.signal);
  let most = 0;
  for (let passed = 0; passed < playMs; passed += 250) {
    await sleep(250);
    const { approximateMessagesCount = 0 } = await queue.getProperties();
    most = Math.max(most, approximateMessagesCount);
  }
  stop.abort();
  await host;
  return most;
}

/** A queue that delays nothing for longer than a second. */
function impatient(queue: WorkQueue): WorkQueue {
  return {
    enqueue: (item) => queue.enqueue(item, { delayMs: longestDelayMs }),
    receive: (limit) => queue.receive(limit),
    complete: (received) => queue.complete(received),
    postpone: (received, delayMs, item) => queue.postpone(received, Math.min(delayMs, longestDelayMs), item),
    deadLetter: (...args) => queue.deadLetter(...args),
    listDeadLetters: (limit) => queue.listDeadLetters(limit),
    proveWritable: () => queue.proveWritable(),
  };
}
