import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { serializeWork } from '../../../src/ports/work-item.ts';
import { startAzurite } from '../../helpers/azurite.ts';
import { type FunctionsHost, startFunctionsHost } from '../../helpers/functions-host.ts';
import { aWake } from '../../helpers/work-items.ts';

let azurite: Awaited<ReturnType<typeof startAzurite>>;
let host: FunctionsHost;
const printed: unknown[] = [];

beforeAll(async () => {
  azurite = await startAzurite();
  vi.stubEnv('FNO_ORG_URL', 'https://contoso.operations.dynamics.com');
  vi.stubEnv('RETRY_POLICY', 'nowhere.json');
  vi.stubEnv('AzureWebJobsStorage', azurite.connectionString());
  vi.spyOn(console, 'error').mockImplementation((line) => void printed.push(line));
  host = await startFunctionsHost(() => import('../../../src/hosts/azure/main.ts'));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await host.close();
  await azurite.stop();
});

test('while the settings are wrong, work that comes is left in the queue, however often it comes', async () => {
  const metadata = { DequeueCount: { json: '999' } };
  await expect(host.trigger('process-job', { json: serializeWork(aWake()) }, metadata)).rejects.toThrow(
    /^RETRY_POLICY: found no readable file "nowhere\.json"/,
  );
  expect(printed).toEqual([
    expect.stringMatching(/^Error: RETRY_POLICY: found no readable file "nowhere\.json"/),
  ]);
});

test('while the settings are wrong, the timers do nothing', async () => {
  await expect(host.trigger('sweep', { json: '{}' })).resolves.toEqual([]);
  await expect(host.trigger('prune-history', { json: '{}' })).resolves.toEqual([]);
});
