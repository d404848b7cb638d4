import { setTimeout as sleep } from 'node:timers/promises';
import { QueueClient } from '@azure/storage-queue';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/system.ts';
import { workQueueName } from '../../src/ports/work-queue.ts';
import { aService, failureEvent, nightlyPosting, type TestService } from '../helpers/a-service.ts';
import { startProxy } from '../helpers/azurite-proxy.ts';
import { startAzurite } from '../helpers/azurite.ts';
import { everyJob } from '../helpers/policies.ts';
import { runQueueTrigger } from '../helpers/queue-trigger.ts';

const azurite = await startAzurite();
const [tables, queues] = await Promise.all([startProxy(azurite.tableUrl), startProxy(azurite.queueUrl)]);
afterAll(async () => {
  await Promise.all([tables.stop(), queues.stop()]);
  await azurite.stop();
});

const jobs = Number(process.env['PROOF_STORM'] ?? 3000);
/** A delivery of 1 MiB has so many failures. */
const perDelivery = 1000;
const lateMs = 300;
/** In a small storm nearly all come at once: a wake-up that counts, one that no longer does, and a publication. */
const itemsAJob = process.env['PROOF'] === 'full' ? 1.5 : 3;
const timeoutMs = 120_000 + jobs * 300;

test(
  `${jobs} failures at once, with two processes on a store whose answers are ${lateMs} ms late: each is requeued once`,
  async () => {
    const jobIds = Array.from({ length: jobs }, (_, index) => String(index + 1));
    const setup = {
      policy: everyJob,
      storageConnection: azurite.connectionString(tables.url, queues.url),
      clock: systemClock,
      settings: { REQUEUES_PER_MINUTE: '100000' },
    };
    await using first = await aService({
      ...setup,
      jobs: jobIds.map((jobId) => ({ ...nightlyPosting, jobId })),
    });
    await using second = await aService({ ...setup, fno: first.sandbox });
    tables.delayMs = 0;
    queues.delayMs = 0;
    const events: string[] = [];
    for (const jobId of jobIds) events.push(await failureEvent(first, jobId));
    tables.delayMs = lateMs;
    queues.delayMs = lateMs;

    const startedAt = performance.now();
    const services = [first, second];
    for (let from = 0; from < jobs; from += perDelivery) {
      const body = `[${events.slice(from, from + perDelivery).join(',')}]`;
      expect((await deliver(services, body)).status).toBeLessThan(300);
    }
    const requeued = () => jobIds.map((jobId) => first.sandbox.requeues(jobId));
    const left = () => requeued().filter((requeues) => requeues === 0).length;
    const most = await playUntil(services, left);

    const seconds = (performance.now() - startedAt) / 1000;
    console.log(
      `${jobs} failures on a slow Azurite: all requeued after ${seconds.toFixed(0)} s, ${most} items at most`,
    );
    expect(requeued()).toEqual(jobIds.map(() => 1));
    expect(most).toBeLessThanOrEqual(itemsAJob * jobs);
    expect((await first.get('dead-letters')).body).toEqual({ value: [] });
  },
  timeoutMs,
);

/** F&O's three tries, each at the next process. */
async function deliver(services: readonly TestService[], body: string) {
  for (const service of services) {
    const answer = await service.deliver(body);
    if (answer.status < 300) return answer;
  }
  throw new Error('No process accepted the delivery.');
}

/** Both take from the work queue until none is left. Resolves to the most items that there were. */
async function playUntil(services: readonly TestService[], left: () => number): Promise<number> {
  const queue = new QueueClient(azurite.connectionString(), workQueueName);
  const stop = new AbortController();
  const hosts = services.map(({ service }) => runQueueTrigger(queue, service, 1, stop.signal));
  let most = 0;
  const givenUpAt = performance.now() + timeoutMs - 30_000;
  for (let seconds = 1; left() > 0 && performance.now() < givenUpAt; seconds++) {
    await sleep(1000);
    const { approximateMessagesCount = 0 } = await queue.getProperties();
    most = Math.max(most, approximateMessagesCount);
    if (seconds % 15 === 0) console.log(`${left()} of ${jobs} are left; ${approximateMessagesCount} items`);
  }
  // Whatever would come twice has time to.
  await sleep(process.env['PROOF'] === 'full' ? 3000 : 1000);
  stop.abort();
  await Promise.all(hosts);
  return most;
}
