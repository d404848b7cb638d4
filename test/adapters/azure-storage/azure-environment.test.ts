import { expect, onTestFinished, test } from 'vitest';
import { closedBreaker } from '../../../src/domain/environment/circuit-breaker.ts';
import { nothingAnnounced } from '../../../src/domain/environment/environment-state.ts';
import type { EnvironmentState } from '../../../src/domain/environment/environment-state.ts';
import { type Ledger, StoreUnavailable } from '../../../src/ports/ledger.ts';
import { startProxy } from '../../helpers/azurite-proxy.ts';
import { freshNames, openStorage } from '../../helpers/azurite-storage.ts';
import { sharedAzurite } from '../../helpers/azurite.ts';

const azurite = await sharedAzurite();

const minuteStartedAt = new Date('2026-03-02T01:00:00.123Z');

async function aLedger() {
  const names = freshNames();
  const proxy = await startProxy(azurite.tableUrl);
  onTestFinished(proxy.stop);
  const open = () => openStorage(azurite.connectionString(proxy.url), names).ledger;
  const ledger = open();
  await ledger.list(null, 1, null);
  return { ledger, open, proxy };
}

/** Counts one more, and resolves to what it counted. */
function countOne(ledger: Ledger, environment = 'default'): Promise<number | null> {
  return ledger.updateEnvironment(environment, (before) => {
    const state = before ?? {
      ...nothingAnnounced,
      breaker: closedBreaker,
      minuteStartedAt,
      takenInMinute: 0,
    };
    const takenInMinute = state.takenInMinute + 1;
    return { state: { ...state, takenInMinute }, result: takenInMinute };
  });
}

function stateOf(ledger: Ledger, environment = 'default'): Promise<EnvironmentState | null> {
  return ledger.updateEnvironment(environment, (before) => ({
    state: before ?? { ...nothingAnnounced, breaker: closedBreaker, minuteStartedAt, takenInMinute: 0 },
    result: before,
  }));
}

test('what eight at once change of one environment is all there, each change on the one before', async () => {
  const { open } = await aLedger();
  const counted = await Promise.all(Array.from({ length: 8 }, () => countOne(open())));
  const done = counted.filter((count) => count !== null).toSorted((a, b) => a - b);
  expect(done).toEqual(Array.from({ length: done.length }, (_, index) => index + 1));
  expect(done.length).toBeGreaterThanOrEqual(6);
  expect(await stateOf(open())).toEqual({
    ...nothingAnnounced,
    breaker: closedBreaker,
    minuteStartedAt,
    takenInMinute: done.length,
  });
});

test.each(['cut', { status: 503 }] as const)(
  'a change whose answer is lost (%o) is made once',
  async (fault) => {
    const { ledger, proxy } = await aLedger();
    for (const expected of [1, 2]) {
      proxy.spoil((method) => method === 'POST', fault);
      expect(await countOne(ledger)).toBe(expected);
    }
    expect(await stateOf(ledger)).toMatchObject({ takenInMinute: 2 });
  },
);

test('a change whose answer never comes means a store that cannot be reached, and is not lost', async () => {
  const { ledger, proxy } = await aLedger();
  proxy.spoil((method) => method === 'POST', 'hang');
  await expect(countOne(ledger)).rejects.toThrow(StoreUnavailable);
  expect(await countOne(ledger)).toBe(2);
});

test('a change that changes nothing writes nothing', async () => {
  const { ledger, proxy } = await aLedger();
  await countOne(ledger);
  proxy.forget();
  await stateOf(ledger);
  expect(proxy.seen.map(({ method }) => method)).toEqual(['GET']);
});

test('a first guess that another process made old costs two more requests, not three', async () => {
  const { ledger, open, proxy } = await aLedger();
  await countOne(ledger);
  await countOne(open());
  proxy.forget();
  expect(await countOne(ledger)).toBe(3);
  expect(proxy.seen.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST']);
});

test('environments are apart, and none is listed as a job', async () => {
  const { ledger } = await aLedger();
  await countOne(ledger, 'prod');
  expect(await countOne(ledger, 'uat')).toBe(1);
  expect(await ledger.list(null, 10, null)).toEqual([]);
});
