import { expect, test } from 'vitest';
import { serializeWork } from '../../../src/ports/work-item.ts';
import { sharedAzurite } from '../../helpers/azurite.ts';
import { aServiceWithCauses } from '../../helpers/a-service-with-causes.ts';
import { nightlyPosting } from '../../helpers/a-service.ts';

const azurite = await sharedAzurite();

test('on Azure Storage a queue trigger looks for the cause, and delivers it several times at once without harm', async () => {
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
  const value: unknown = JSON.parse(items[0] ?? '');
  const deliver = () => service.service.consumeWorkMessage({ value, receipt: null });
  await Promise.all([deliver(), deliver(), deliver()]);
  await deliver();
  expect(await service.causesInHistory(jobId)).toEqual([{ eventId, reason: 'Account 4711 is blocked.' }]);
  expect(service.logs.queries.length).toBeLessThanOrEqual(3);
  const { body } = await service.get('causes?since=2026-03-02');
  expect(JSON.stringify(body)).toContain(`"jobId":"${jobId}"`);
});
