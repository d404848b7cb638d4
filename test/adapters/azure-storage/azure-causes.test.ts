import pMap from 'p-map';
import { expect, onTestFinished, test } from 'vitest';
import { aCause, causesContract } from '../../contract/causes-contract.ts';
import { startProxy } from '../../helpers/azurite-proxy.ts';
import { freshNames, openStorage } from '../../helpers/azurite-storage.ts';
import { sharedAzurite } from '../../helpers/azurite.ts';

const azurite = await sharedAzurite();

causesContract('Azure Tables on Azurite', () => {
  const names = freshNames();
  return () => openStorage(azurite.connectionString(), names).causes;
});

test.each([0, 500])('each call is as many requests with %i older causes as with none', async (older) => {
  const names = freshNames();
  const proxy = await startProxy(azurite.tableUrl);
  onTestFinished(proxy.stop);
  const { causes } = openStorage(azurite.connectionString(proxy.url), names);
  const direct = openStorage(azurite.connectionString(), names).causes;
  const day = 86_400_000;
  const ages = Array.from({ length: older }, (_, n) => day * (2 + (n % 80)) + n);
  await pMap(ages, (age) => direct.put(aCause(`Old-${age}`, -age)), { concurrency: 16 });
  const cause = aCause('8D12-1', 0);
  await causes.put(cause);
  const requests = async (call: () => Promise<unknown>) => {
    proxy.forget();
    await call();
    const bytes = proxy.seen.reduce((sum, { responseBytes }) => sum + responseBytes, 0);
    return { requests: proxy.seen.length, isSmall: bytes < 4000 };
  };
  const { failedAt } = cause;
  expect(await requests(() => causes.get(cause, '8D12-1'))).toEqual({ requests: 1, isSmall: true });
  expect(await requests(() => causes.put(cause))).toEqual({ requests: 2, isSmall: true });
  expect(await requests(() => causes.since('default', failedAt, null, 100))).toEqual({
    requests: 1,
    isSmall: true,
  });
});

test('a slow store prunes more causes than one answer holds', async () => {
  const names = freshNames();
  const proxy = await startProxy(azurite.tableUrl);
  onTestFinished(proxy.stop);
  const direct = openStorage(azurite.connectionString(), names).causes;
  const ids = Array.from({ length: 250 }, (_, n) => n);
  await pMap(ids, (n) => direct.put(aCause(`Old-${n}`, -n)), { concurrency: 16 });
  const { causes } = openStorage(azurite.connectionString(proxy.url), names);
  const soon = new Date(aCause('', 1000).failedAt);
  proxy.forget();
  expect(await causes.prune('default', soon)).toBe(250);
  const bytes = proxy.seen.map(({ responseBytes }) => responseBytes);
  expect(Math.max(...bytes)).toBeLessThan(100_000);
});
