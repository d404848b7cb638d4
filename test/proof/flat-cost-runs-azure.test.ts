import { TableClient } from '@azure/data-tables';
import pMap from 'p-map';
import { expect, test } from 'vitest';
import { storageNames } from '../../src/adapters/azure-storage/connect-storage.ts';
import { toColumns } from '../../src/adapters/azure-storage/tables/json-columns.ts';
import {
  dayOf,
  dayPartition,
  jobPartition,
  rowKeyOfDay,
  rowKeyOfJob,
} from '../../src/adapters/azure-storage/tables/run-keys.ts';
import { encodeRecord } from '../../src/adapters/shared/record-codec.ts';
import type { Run } from '../../src/domain/watch/run.ts';
import type { Runs } from '../../src/ports/runs.ts';
import { openStorage } from '../helpers/azurite-storage.ts';
import { type Azurite, startAzurite } from '../helpers/azurite.ts';
import { aKey } from '../helpers/stored-records.ts';
import { median } from './median.ts';
import { recordRequests } from './record-requests.ts';

const wanted = Number(process.env['PROOF_HISTORY_AZURE'] ?? 100_000);
/** How long loading may take, in ms; PROOF_LOAD_MS=60000 loads 100,000 runs. */
const loadMs = Number(process.env['PROOF_LOAD_MS'] ?? 6000);
const rounds = 20;

const now = new Date('2026-03-02T01:00:00Z');
const minute = 60_000;
const day = 24 * 60 * minute;
const lastHour = { from: new Date(now.getTime() - 60 * minute), to: now };

test('with many runs on Azurite, to keep one and to read a page costs as many requests as with few', async () => {
  const [first, second] = await Promise.all([startAzurite(), startAzurite()]);
  try {
    const stores = [first, second].map(
      (azurite) => openStorage(azurite.connectionString(), storageNames).runs,
    );
    for (const runs of stores) {
      for (let n = 1; n <= 50; n++) await runs.put(aRun('1', new Date(now.getTime() - n * minute)));
    }
    const loaded = await load(second);
    const few = await costOf(first, stores[0]);
    const many = await costOf(second, stores[1]);
    console.log(
      `Flat cost of runs on Azurite: 50 and ${loaded + 50} runs, loaded in ${loadMs / 1000} s at most; ` +
        `ms for each of put, a job's page, an hour's page: ${few.ms.join(', ')} → ${many.ms.join(', ')}; requests: ${few.requests} → ${many.requests}`,
    );
    // The driver reads the loaded runs like those that it kept itself.
    expect(await stores[1]?.ofJob(aKey('1'), null, 100)).toHaveLength(100);
    expect(many.requests).toBe(few.requests);
    expect(many.found).toEqual(few.found);
  } finally {
    await Promise.all([first.stop(), second.stop()]);
  }
}, 180_000);

/** Runs of before the last day, of 50 jobs, on 90 days: as many as fit into the time. Resolves to their count. */
async function load(azurite: Azurite): Promise<number> {
  const options = { allowInsecureConnection: true };
  const table = TableClient.fromConnectionString(azurite.connectionString(), storageNames.runs, options);
  const startedAt = performance.now();
  let loaded = 0;
  const batches = Array.from({ length: wanted / 100 }, (_, index) => index);
  await pMap(
    batches,
    async (batch) => {
      if (performance.now() - startedAt > loadMs) return;
      const runs = oneBatch(batch);
      await table.submitTransaction(
        runs.map((run) => rowOf(run, jobPartition(run), rowKeyOfJob(run.endedAt))),
      );
      const partition = dayPartition('default', dayOf(runs[0]?.endedAt ?? now));
      await table.submitTransaction(
        runs.map((run) => rowOf(run, partition, rowKeyOfDay(run.endedAt, run.jobId))),
      );
      loaded += runs.length;
    },
    { concurrency: 4 },
  );
  return loaded;
}

/** A hundred runs of one job on one day. */
function oneBatch(batch: number): Run[] {
  const midnight = Date.parse('2026-03-01T00:00:00Z') - (1 + (batch % 90)) * day;
  const jobId = String(1 + (batch % 50));
  return Array.from({ length: 100 }, (_, n) => aRun(jobId, new Date(midnight + n * minute + batch)));
}

function rowOf(
  run: Run,
  partitionKey: string,
  rowKey: string,
): ['create', { partitionKey: string; rowKey: string }] {
  return ['create', { partitionKey, rowKey, ...toColumns(encodeRecord(run)) }];
}

/** The median time of each call, the requests of all, and how many runs were found. */
async function costOf(azurite: Azurite, runs: Runs | undefined) {
  if (!runs) throw new Error('no store');
  using recorder = recordRequests([azurite.tableUrl]);
  const found: number[] = [];
  const times: number[][] = [[], [], []];
  for (let n = 0; n < rounds; n++) {
    const calls = [
      async () => runs.put(aRun('1', new Date(now.getTime() - (n + 1) * minute))),
      async () => void found.push((await runs.ofJob(aKey('1'), null, 50)).length),
      async () => void found.push((await runs.between('default', lastHour, null, 100)).length),
    ];
    for (const [index, call] of calls.entries()) {
      const startedAt = performance.now();
      await call();
      times[index]?.push(performance.now() - startedAt);
    }
  }
  return { ms: times.map((all) => median(all).toFixed(1)), requests: recorder.spans.length, found };
}

function aRun(jobId: string, endedAt: Date): Run {
  return {
    ...aKey(jobId),
    description: 'Nightly posting',
    legalEntity: 'USMF',
    startedAt: new Date(endedAt.getTime() - minute),
    endedAt,
    end: 'finished',
    learned: 'status',
    startedBy: null,
    isSettled: true,
  };
}
