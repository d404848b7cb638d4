import { expect, test } from 'vitest';
import { serializeWork } from '../../../src/ports/work-item.ts';
import { sharedAzurite } from '../../helpers/azurite.ts';
import { aServiceWithCauses } from '../../helpers/a-service-with-causes.ts';
import { nightlyPosting } from '../../helpers/a-service.ts';

const azurite = await sharedAzurite();

test('on Azure Storage a queue trigger looks for the cause, and delivers it twice without harm', async () => {
  const { jobId } = nightlyPosting;
  const items: string[] = [];
  await using service = await aServiceWithCauses({
    storageConnection: azurite.connectionString(),
    wrapQueue: (queue) => {
      const enqueue = queue.enqueue.bind(queue);
      queue.enqueue = (item, options) => {
        if (item.kind === 'find-cause' && item.jobId === jobId) items.push(serializeWork(item));
        return enqueue(item, options);
      };
      return queue;
    },
  });
  const eventId = await service.fail(jobId);
  service.write({ jobId });
  expect(items).toHaveLength(1);
  for (let delivery = 1; delivery <= 2; delivery += 1) {
    const value: unknown = JSON.parse(items[0] ?? '');
    await service.service.consumeWorkMessage({ value, deliveryCount: delivery, receipt: null });
  }
  expect(await service.causesInHistory(jobId)).toEqual([{ eventId, reason: 'Account 4711 is blocked.' }]);
  expect(service.logs.queries).toHaveLength(1);
  const { body } = await service.get('causes?since=2026-03-02');
  expect(JSON.stringify(body)).toContain(`"jobId":"${jobId}"`);
});
