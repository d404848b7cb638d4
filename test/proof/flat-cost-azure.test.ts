import { TableClient } from '@azure/data-tables';
import pMap from 'p-map';
import { afterAll, expect, test } from 'vitest';
import { storageNames } from '../../src/adapters/azure-storage/connect-storage.ts';
import { type Azurite, startAzurite } from '../helpers/azurite.ts';
import type { Composed } from './compose-service.ts';
import { aStore, compareCosts, entry, jobIds, startFno, warmUp } from './flat-cost.ts';
import { recordRequests } from './record-requests.ts';

const azuriteRows = Number(process.env['PROOF_HISTORY_AZURE'] ?? 100_000);
/** How long loading may take, in ms; PROOF_LOAD_MS=20000 loads about 100,000 rows. */
const azuriteLoadMs = Number(process.env['PROOF_LOAD_MS'] ?? 6000);

const sandbox = await startFno();
afterAll(() => sandbox.stop());

test('with a long history on Azurite an event and a list of jobs cost as many requests as with none', async () => {
  const [first, second] = await Promise.all([startAzurite(), startAzurite()]);
  try {
    const [empty, loaded] = await Promise.all(
      [first, second].map((azurite) => aStore(sandbox, 'azure', azurite)),
    );
    if (!empty || !loaded) throw new Error('no stores');
    await warmUp([empty, loaded]);
    const rows = await loadAzurite(second);
    const costs = await compareCosts(empty, loaded);
    const requests = [await countRequests(first, empty.service), await countRequests(second, loaded.service)];
    console.log(
      `Flat cost on Azurite: ${rows} rows loaded in ${azuriteLoadMs / 1000} s at most; ${costs}; requests for a list and a page of history: ${requests.join(' and ')}`,
    );
    expect(requests[1]).toBe(requests[0]);
  } finally {
    await Promise.all([first.stop(), second.stop()]);
  }
}, 120_000);

/** As many as fit into the time, at most so many as wanted. */
async function loadAzurite(azurite: Azurite): Promise<number> {
  const options = { allowInsecureConnection: true };
  const table = TableClient.fromConnectionString(azurite.connectionString(), storageNames.records, options);
  const startedAt = performance.now();
  const batches = Array.from({ length: azuriteRows / 100 }, (_, index) => index);
  let rows = 0;
  await pMap(
    batches,
    async (batch) => {
      if (performance.now() - startedAt > azuriteLoadMs) return;
      const partitionKey = `default:${jobIds[batch % jobIds.length]}`;
      await table.submitTransaction(
        Array.from({ length: 100 }, (_, index) => {
          const rowKey = `h${String(999_000_000_000_000 - batch * 100 - index).padStart(15, '0')}`;
          return ['create', { partitionKey, rowKey, json0: entry }];
        }),
      );
      rows += 100;
    },
    { concurrency: 4 },
  );
  return rows;
}

async function countRequests(azurite: Azurite, service: Composed): Promise<number> {
  using recorder = recordRequests([azurite.tableUrl, azurite.queueUrl]);
  await service.get('list-batch-jobs');
  await service.get('batch-job-history', { jobId: jobIds[0] ?? '' });
  return recorder.spans.length;
}
