import { expect, onTestFinished, test } from 'vitest';
import { StoreUnavailable } from '../../../src/ports/ledger.ts';
import { startProxy } from '../../helpers/azurite-proxy.ts';
import { aChange, aKey, anEntry, aStoredJob } from '../../helpers/stored-records.ts';
import { freshNames, openStorage } from '../../helpers/azurite-storage.ts';
import { sharedAzurite } from '../../helpers/azurite.ts';

const azurite = await sharedAzurite();

/** Longer than Azurite takes by itself, so that the round trips show. */
const delayMs = 60;

async function aLedger() {
  const names = freshNames();
  const proxy = await startProxy(azurite.tableUrl);
  onTestFinished(proxy.stop);
  const open = () => openStorage(azurite.connectionString(proxy.url), names).ledger;
  const direct = openStorage(azurite.connectionString(), names).ledger;
  await direct.read(aKey('1'), 'E0');
  return { open, direct, proxy };
}

test.each([0, 1000])(
  'a read and a write are one round trip each, with %d history entries',
  async (entries) => {
    const { open, direct, proxy } = await aLedger();
    const key = aKey();
    let version: string | null = null;
    for (let at = 0; at === 0 || at < entries; at += 50) {
      const history = Array.from({ length: Math.min(50, entries) }, (_, index) => anEntry(`E${at + index}`));
      const result = await direct.write(
        key,
        version,
        aChange(aStoredJob(key), { eventIds: ['E1'], history }),
      );
      version = result.kind === 'written' ? result.version : null;
    }
    const ledger = open();
    await ledger.read(key, null);
    const measured = async (call: () => Promise<unknown>) => {
      proxy.forget();
      proxy.delayMs = delayMs;
      const startedAt = performance.now();
      await call();
      const ms = performance.now() - startedAt;
      proxy.delayMs = 0;
      const bytes = proxy.seen.reduce((sum, { responseBytes }) => sum + responseBytes, 0);
      return {
        requests: proxy.seen.length,
        roundTrips: proxy.roundTrips(),
        isQuick: ms < 2 * delayMs,
        bytes,
      };
    };
    const read = await measured(() => ledger.read(key, 'E1'));
    expect(read).toMatchObject({ requests: 2, roundTrips: 1, isQuick: true });
    expect(read.bytes).toBeLessThan(1500);
    expect(await measured(() => ledger.read(key, null))).toMatchObject({ requests: 1, roundTrips: 1 });

    const change = aChange(aStoredJob(key), { eventIds: ['E1', 'E2'], history: [anEntry('E2')] });
    const written = await measured(() => ledger.write(key, version, change));
    expect(written).toMatchObject({ requests: 1, roundTrips: 1, isQuick: true });
  },
);

test('the first write of a job lists it: at the same time if it has a wake-up, before its record if it has none', async () => {
  const { open, proxy } = await aLedger();
  const ledger = open();
  const wake = { id: 'W', at: new Date(), isDeadLettered: false };
  for (const [jobId, wakeUp, roundTrips] of [
    ['1', wake, 1],
    ['2', null, 2],
  ] as const) {
    const key = aKey(jobId);
    proxy.forget();
    proxy.delayMs = delayMs;
    const first = await ledger.write(key, null, aChange({ ...aStoredJob(key), wake: wakeUp }));
    expect(proxy.seen).toHaveLength(2);
    expect(proxy.roundTrips()).toBe(roundTrips);
    proxy.delayMs = 0;
    proxy.forget();
    const version = first.kind === 'written' ? first.version : null;
    await ledger.write(key, version, aChange({ ...aStoredJob(key, 1), wake: wakeUp }));
    expect(proxy.seen).toHaveLength(1);
    proxy.forget();
    const another = open();
    await another.write(key, (await another.read(key, null)).version, aChange(aStoredJob(key, 2)));
    expect(proxy.seen.map(({ method }) => method)).toEqual(['GET', 'POST']);
  }
});

test('a job whose row in the list was lost while its record was written is listed by its next write', async () => {
  const { open, proxy } = await aLedger();
  const ledger = open();
  const key = aKey();
  const wake = { id: 'W', at: new Date(), isDeadLettered: false };
  proxy.spoil((_, path) => path.includes('/Jobs'), 'lost', 'lost', 'lost');
  await expect(ledger.write(key, null, aChange({ ...aStoredJob(key), wake }))).rejects.toThrow(
    StoreUnavailable,
  );
  expect((await ledger.read(key, null)).job).not.toBeNull();
  expect(await ledger.list(null, 10, null)).toEqual([]);
  await ledger.write(key, (await ledger.read(key, null)).version, aChange(aStoredJob(key, 1)));
  expect(await ledger.list(null, 10, null)).toHaveLength(1);
});

test('a conflict costs one request, for nothing was sent before that may have been done', async () => {
  const { open, direct, proxy } = await aLedger();
  const key = aKey();
  const first = await direct.write(key, null, aChange(aStoredJob(key)));
  const ledger = open();
  const { version } = await ledger.read(key, null);
  await direct.write(key, first.kind === 'written' ? first.version : null, aChange(aStoredJob(key, 1)));
  proxy.forget();
  expect(await ledger.write(key, version, aChange(aStoredJob(key, 2)))).toEqual({ kind: 'conflict' });
  expect(proxy.seen).toHaveLength(1);
});

test('listing 50 jobs reads their records and no history', async () => {
  const { open, direct, proxy } = await aLedger();
  const keys = Array.from({ length: 50 }, (_, index) => aKey(String(1000 + index), index < 30 ? 'a' : 'b'));
  const history = Array.from({ length: 20 }, (_, index) => anEntry(`E${index}`));
  await Promise.all(keys.map((key) => direct.write(key, null, aChange(aStoredJob(key), { history }))));
  proxy.forget();
  const jobs = await open().list(null, 50, null);
  expect(jobs.map(({ environment, jobId }) => ({ environment, jobId }))).toEqual(keys);
  const [first, ...rest] = proxy.seen.map(({ path }) => decodeURIComponent(path));
  expect(first).toMatch(/Jobs\d+x\d+\(\)/);
  expect(rest).toHaveLength(50);
  expect(rest.filter((path) => !path.includes("RowKey='j'"))).toEqual([]);
});

test('a job whose record was never written takes no place in a listing, across environments and pages', async () => {
  const { direct } = await aLedger();
  for (const environment of ['a', 'b']) {
    for (const jobId of ['1', '2', '3', '4', '5']) {
      const key = aKey(jobId, environment);
      await direct.read(key, 'E1');
      if (Number(jobId) % 2 === 1) await direct.write(key, null, aChange(aStoredJob(key)));
    }
  }
  const first = await direct.list(null, 4, null);
  expect(first.map(({ environment, jobId }) => environment + jobId)).toEqual(['a1', 'a3', 'a5', 'b1']);
  const second = await direct.list(aKey('1', 'b'), 4, null);
  expect(second.map(({ environment, jobId }) => environment + jobId)).toEqual(['b3', 'b5']);
  expect(await direct.list(aKey('5', 'a'), 4, 'b')).toHaveLength(3);
  expect(await direct.list(aKey('5', 'b'), 4, 'a')).toEqual([]);
});
