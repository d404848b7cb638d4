import { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startAzurite } from '../helpers/azurite.ts';
import { type FunctionsHost, startFunctionsHost } from '../helpers/functions-host.ts';

let azurite: Awaited<ReturnType<typeof startAzurite>>;
let host: FunctionsHost;
const printed: unknown[] = [];

beforeAll(async () => {
  azurite = await startAzurite();
  vi.stubEnv('FNO_ORG_URL', 'https://contoso.operations.dynamics.com');
  vi.stubEnv('RETRY_POLICY', 'nowhere.json');
  vi.stubEnv('AzureWebJobsStorage', azurite.connectionString());
  vi.spyOn(console, 'error').mockImplementation((line) => void printed.push(line));
  host = await startFunctionsHost(() => import('../../src/functions/main.ts'));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await host.close();
  await azurite.stop();
});

test('while the settings are wrong, work that comes is put back for later, however often it comes', async () => {
  const queue = new QueueClient(azurite.connectionString(), 'batch-retry-work');
  await queue.createIfNotExists();
  const message = { environment: 'default', jobId: '9223372036854775807', dueAt: new Date().toISOString() };

  await host.trigger('take-up-job', { json: JSON.stringify(message) }, { DequeueCount: { json: '5' } });

  const { approximateMessagesCount } = await queue.getProperties();
  expect(approximateMessagesCount).toBe(1);
  expect((await queue.receiveMessages()).receivedMessageItems).toEqual([]);
  expect(printed).toEqual([
    expect.stringMatching(/^Error: RETRY_POLICY: found no readable file "nowhere\.json"/),
  ]);
});

test('while the settings are wrong, the timers do nothing', async () => {
  await expect(host.trigger('sweep', { json: '{}' })).resolves.toEqual([]);
  await expect(host.trigger('forget-old', { json: '{}' })).resolves.toEqual([]);
});
