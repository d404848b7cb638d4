import { TableClient } from '@azure/data-tables';
import pMap from 'p-map';
import { expect, test } from 'vitest';
import { storageNames } from '../../src/adapters/azure-storage/connect-storage.ts';
import { keysByFailure, keysByTime } from '../../src/adapters/azure-storage/tables/cause-keys.ts';
import { toColumns } from '../../src/adapters/azure-storage/tables/json-columns.ts';
import { encodeRecord } from '../../src/adapters/shared/record-codec.ts';
import type { Cause } from '../../src/domain/cause/cause.ts';
import type { Causes } from '../../src/ports/causes.ts';
import { createReadCauses } from '../../src/usecases/causes/read-causes.ts';
import { aCause } from '../contract/causes-contract.ts';
import { openStorage } from '../helpers/azurite-storage.ts';
import { type Azurite, startAzurite } from '../helpers/azurite.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { aKey } from '../helpers/stored-records.ts';
import { median } from './median.ts';
import { recordRequests } from './record-requests.ts';

const wanted = Number(process.env['PROOF_HISTORY_AZURE'] ?? 100_000);
/** How long loading may take, in ms; PROOF_LOAD_MS=120000 loads 100,000 causes. */
const loadMs = Number(process.env['PROOF_LOAD_MS'] ?? 6000);
const rounds = 10;

const day = 86_400_000;
const { failedAt: now } = aCause('', 0);

test('with many causes on Azurite, to keep one and to list a day costs as many requests as with few', async () => {
  const [first, second] = await Promise.all([startAzurite(), startAzurite()]);
  try {
    const [few, many] = [first, second].map(
      (azurite) => openStorage(azurite.connectionString(), storageNames).causes,
    );
    if (!few || !many) throw new Error('no stores');
    for (const causes of [few, many]) {
      for (let n = 0; n < 50; n++) await causes.put(aCause(`New-${n}`, -n * 1000));
    }
    const loaded = await load(second);
    const [before, after] = [await costOf(first, few), await costOf(second, many)];
    console.log(
      `Flat cost of causes on Azurite: 50 and ${loaded + 50} causes, loaded in ${loadMs / 1000} s at most; ` +
        `ms for each of put, get, GET /causes: ${before.ms.join(', ')} → ${after.ms.join(', ')}; requests: ${before.requests} → ${after.requests}`,
    );
    expect(after.requests).toBe(before.requests);
    // The driver reads and prunes the loaded causes like those that it kept itself.
    const [oldest] = await many.since('default', new Date(0), aCause('New-49', -2 * day), 1);
    expect(oldest && (await many.get(oldest, oldest.eventId))).toEqual(oldest);
    expect(await many.prune('default', new Date(now.getTime() - 91 * day))).toBe(0);
  } finally {
    await Promise.all([first.stop(), second.stop()]);
  }
}, 300_000);

/** Causes of before yesterday, on 88 days: as many as fit into the time. Resolves to their count. */
async function load(azurite: Azurite): Promise<number> {
  const options = { allowInsecureConnection: true };
  const table = TableClient.fromConnectionString(azurite.connectionString(), storageNames.causes, options);
  const startedAt = performance.now();
  let loaded = 0;
  await pMap(
    Array.from({ length: wanted / 100 }, (_, batch) => batch),
    async (batch) => {
      if (performance.now() - startedAt > loadMs) return;
      const causes = oneBatch(batch);
      await table.submitTransaction(causes.map((cause) => rowOf(cause, keysByFailure(cause, cause.eventId))));
      await table.submitTransaction(causes.map((cause) => rowOf(cause, keysByTime(cause))));
      loaded += causes.length;
    },
    { concurrency: 4 },
  );
  return loaded;
}

/** A hundred causes of one job on one day. */
function oneBatch(batch: number): Cause[] {
  const noon = Date.parse('2026-02-28T12:00:00Z') - (batch % 88) * day - now.getTime();
  return Array.from({ length: 100 }, (_, n) =>
    aCause(`Old-${batch}-${n}`, noon + n, aKey(String(batch % 50))),
  );
}

function rowOf(
  cause: Cause,
  keys: { partitionKey: string; rowKey: string },
): ['create', { partitionKey: string; rowKey: string }] {
  return ['create', { ...keys, ...toColumns(encodeRecord(cause)) }];
}

/** The median time of each call, in ms, and the requests of all. */
async function costOf(azurite: Azurite, causes: Causes) {
  using recorder = recordRequests([azurite.tableUrl]);
  const readCauses = createReadCauses({ causes, clock: new ManualClock(now) }, ['default']);
  const calls = [
    (n: number) => causes.put(aCause(`New-${n}`, -n * 1000)),
    (n: number) => causes.get(aCause('', 0), `New-${n}`),
    async () => {
      const { groups, isComplete } = await readCauses(null, null);
      expect([isComplete, groups[0]?.failures]).toEqual([true, 50]);
    },
  ];
  const times = calls.map((): number[] => []);
  for (let n = 0; n < rounds; n++) {
    for (const [index, call] of calls.entries()) {
      const startedAt = performance.now();
      await call(n);
      times[index]?.push(performance.now() - startedAt);
    }
  }
  return { ms: times.map((all) => median(all).toFixed(1)), requests: recorder.spans.length };
}
