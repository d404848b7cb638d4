import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { aFailure, aService, everyJob, nightlyPosting } from '../helpers/a-service.ts';
import { minute, pass } from './playing.ts';

test('what the queue hands out is followed by another wake-up that is in the queue before the record names it', async () => {
  const queued = new Set<string>();
  const named: string[] = [];
  let isHandedOut = false;
  await using service = await aService({
    policy: { defaults: { delays: ['PT1M'] }, ...everyJob },
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
        if (isHandedOut && wake && !queued.has(wake.id)) named.push(wake.id);
        return write(key, version, change);
      };
      return ledger;
    },
  });
  await service.deliver(await aFailure(service));
  isHandedOut = true;
  await pass(service, 2 * minute);
  expect(service.sandbox.requeues(nightlyPosting.jobId)).toBe(1);
  expect(named).toEqual([]);
});
