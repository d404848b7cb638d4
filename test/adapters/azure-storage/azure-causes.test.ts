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
  expect(await requests(() => causes.since('default', failedAt, 100))).toEqual({
    requests: 1,
    isSmall: true,
  });
});
