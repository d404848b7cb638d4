import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openSqlite } from '../../../src/adapters/sqlite/open-sqlite.ts';
import { aCause, causesContract } from '../../contract/causes-contract.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'batch-retry-'));
afterAll(() => rmSync(folder, { recursive: true }));

let stores = 0;

causesContract('SQLite', () => {
  const file = join(folder, `${++stores}.sqlite`);
  return () => openSqlite(file, new ManualClock()).causes;
});

test('causes since yesterday cost no more with 20,000 older ones than with none', async () => {
  const { causes } = openSqlite(':memory:', new ManualClock());
  const [day, yesterday] = [86_400_000, aCause('', -86_400_000).failedAt];
  for (let n = 0; n < 100; n += 1) await causes.put(aCause(`New-${n}`, -n));
  const cost = async () => {
    const times: number[] = [];
    for (let round = 0; round < 25; round += 1) {
      const startedAt = performance.now();
      await causes.since('default', yesterday, 1000);
      await causes.get(aCause('', 0), 'New-7');
      times.push(performance.now() - startedAt);
    }
    return times.toSorted((a, b) => a - b)[5] ?? 0;
  };
  const before = await cost();
  const writes = Array.from({ length: 20_000 }, (_, n) =>
    causes.put(aCause(`Old-${n}`, -2 * day - n * 1000)),
  );
  await Promise.all(writes);
  expect(await causes.since('default', new Date(0), 100_000)).toHaveLength(20_100);
  expect((await cost()) / before).toBeLessThan(5);
});
