import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { aService, failureEvent, nightlyPosting } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const { jobId } = nightlyPosting;

test("the wake-up of an operator's request, which nobody delivers again, is in the queue before the record names it", async () => {
  const queued = new Set<string>();
  const namedTooEarly: string[] = [];
  await using service = await aService({
    wrapQueue: (queue) => {
      const enqueue = queue.enqueue.bind(queue);
      queue.enqueue = async (item, options) => {
        await setImmediate();
        await enqueue(item, options);
        if (item.kind === 'wake') queued.add(item.wakeId);
      };
      return queue;
    },
    wrapLedger: (ledger) => {
      const write = ledger.write.bind(ledger);
      ledger.write = (key, version, change) => {
        const { wake } = change.job;
        if (wake && !queued.has(wake.id)) namedTooEarly.push(wake.id);
        return write(key, version, change);
      };
      return ledger;
    },
  });
  await failureEvent(service);
  for (const action of ['retry', 'set-to-waiting']) {
    await service.post(`batch-jobs/${jobId}/${action}`, { reason: 'Month end' });
    service.sandbox.setStatus(jobId, 'Error');
  }
  expect(service.sandbox.requeues(jobId)).toBe(2);
  expect(queued.size).toBeGreaterThan(0);
  expect(namedTooEarly).toEqual([]);
});

test('copies of a wake-up, one for each delivery of an event, send one request, and know no lease for over', async () => {
  const clock = new ManualClock();
  await using service = await aService({ clock });
  service.sandbox.faults.add({ kind: 'throttled', retryAfter: 60 }, { on: 'action' });
  service.sandbox.faults.add({ kind: 'delay', ms: 300, acts: 'last' }, { on: 'action' });
  const event = await failureEvent(service);
  for (let delivery = 0; delivery < 4; delivery++) await service.deliver(event);
  await clock.advance(62_000);
  await Promise.all([service.service.pollWorkQueue(), service.service.pollWorkQueue()]);
  await service.service.pollWorkQueue();

  expect(service.sandbox.requests.filter(({ route }) => route === 'action')).toHaveLength(2);
  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect((await service.get(`batch-jobs/${jobId}`)).body).toMatchObject({
    retriesUsed: 1,
    state: 'requeued',
  });
  expect(service.lines.filter((line) => line.includes('answer was lost'))).toEqual([]);
});
