import { subscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { TableClient } from '@azure/data-tables';
import { expect, onTestFinished, test } from 'vitest';
import { StoreUnavailable } from '../../../src/ports/ledger.ts';
import { ledgerContract } from '../../contract/ledger-contract.ts';
import { type Fault, startProxy } from '../../helpers/azurite-proxy.ts';
import { aChange, aKey, anEntry, aStoredJob } from '../../helpers/stored-records.ts';
import { freshNames, openStorage } from '../../helpers/azurite-storage.ts';
import { sharedAzurite } from '../../helpers/azurite.ts';

const azurite = await sharedAzurite();

ledgerContract('Azure Tables on Azurite', () => {
  const names = freshNames();
  return Promise.resolve({ open: () => openStorage(azurite.connectionString(), names).ledger });
});

const key = aKey();
const isTransaction = (method: string, path: string) => method === 'POST' && path.includes('$batch');

/** A ledger behind a proxy, whose tables are there, and others on the same store without one. */
async function aLedger() {
  const names = freshNames();
  const proxy = await startProxy(azurite.tableUrl);
  onTestFinished(proxy.stop);
  const { ledger } = openStorage(azurite.connectionString(proxy.url), names);
  await ledger.read(key, 'E0');
  proxy.forget();
  const open = () => openStorage(azurite.connectionString(), names).ledger;
  return { ledger, proxy, open, names };
}

const lost: [string, Fault[]][] = [
  ['cut off', ['cut']],
  ['cut off twice', ['cut', 'cut']],
  ['turned into a 503', [{ status: 503 }]],
];

test.each(lost)('an insert whose answer is %s is no conflict with itself', async (_, faults) => {
  const { ledger, proxy, open } = await aLedger();
  proxy.spoil(isTransaction, ...faults);
  const change = aChange(aStoredJob(key), { eventIds: ['E1'], history: [anEntry('E1')] });
  const written = await ledger.write(key, null, change);
  expect(written).toMatchObject({ kind: 'written', version: (await open().read(key, null)).version });
  expect(await open().history(key, null, 10)).toHaveLength(1);
});

test.each(lost)('a replacement whose answer is %s is no conflict with itself', async (_, faults) => {
  const { ledger, proxy, open } = await aLedger();
  const first = await ledger.write(key, null, aChange(aStoredJob(key)));
  proxy.spoil(isTransaction, ...faults);
  const change = aChange(aStoredJob(key, 1), { history: [anEntry('E1')] });
  const second = await ledger.write(key, versionOf(first), change);
  expect(second.kind).toBe('written');
  expect((await ledger.write(key, versionOf(second), aChange(aStoredJob(key, 2)))).kind).toBe('written');
  expect((await open().read(key, null)).job?.episode.retriesUsed).toBe(2);
  expect(await open().history(key, null, 10)).toHaveLength(1);
});

test('a write whose answer takes nearly all the time of a call is written, by one request', async () => {
  const { ledger, proxy } = await aLedger();
  await ledger.read(key, 'E1');
  proxy.forget();
  proxy.delayMs = 1200;
  const written = await ledger.write(key, null, aChange(aStoredJob(key)));
  expect(written.kind).toBe('written');
  expect(proxy.seen.filter(({ path }) => isTransaction('POST', path))).toHaveLength(1);
});

test('a process that stalls for longer than a call may take reads the answers that came meanwhile', async () => {
  const names = freshNames();
  const { ledger } = openStorage(azurite.connectionString(), names);
  await ledger.read(key, 'E0');
  const isSent = new Promise((resolve) =>
    subscribe('http.client.request.start', () => setImmediate(resolve)),
  );
  const call = ledger.read(key, null);
  await isSent;
  const until = performance.now() + 1700;
  while (performance.now() < until);
  expect(await call).toMatchObject({ eventKnown: false });
});

test("a write whose answer was lost, and that another's write followed, is a conflict", async () => {
  const { ledger, proxy, open } = await aLedger();
  proxy.spoil(isTransaction, 'cut');
  proxy.delayMs = 300;
  const write = ledger.write(key, null, aChange(aStoredJob(key)));
  const another = open();
  await expect.poll(async () => (await another.read(key, null)).job, { interval: 20 }).not.toBeNull();
  const { version } = await another.read(key, null);
  await another.write(key, version, aChange(aStoredJob(key, 1)));
  expect(await write).toEqual({ kind: 'conflict' });
});

test('of 32 writers at once one wins, and its events and history are the ones that are there', async () => {
  const { open } = await aLedger();
  const ledgers = Array.from({ length: 32 }, open);
  const results = await Promise.all(
    ledgers.map((ledger, index) =>
      ledger.write(
        key,
        null,
        aChange(aStoredJob(key, index), { eventIds: [`E${index}`], history: [anEntry(`E${index}`)] }),
      ),
    ),
  );
  expect(results.filter(({ kind }) => kind === 'written')).toHaveLength(1);
  const winner = `E${results.findIndex(({ kind }) => kind === 'written')}`;
  expect(await open().history(key, null, 100)).toMatchObject([{ eventId: winner }]);
  expect(await open().read(key, winner)).toMatchObject({ eventKnown: true });
});

test('an event that was written while it was looked up counts as seen', async () => {
  const { ledger, proxy } = await aLedger();
  await ledger.write(key, null, aChange(aStoredJob(key), { eventIds: ['E1'] }));
  proxy.spoil((_, path) => path.includes('eE1'), {
    status: 404,
    body: '{"odata.error":{"code":"ResourceNotFound","message":{"lang":"en","value":"It is not there."}}}',
  });
  expect(await ledger.read(key, 'E1')).toMatchObject({ eventKnown: true, job: { jobId: key.jobId } });
  expect(proxy.seen.filter(({ path }) => path.includes('eE1'))).toHaveLength(2);
});

test('a store that hangs, is closed or is not there is one that cannot be reached, in time', async () => {
  const { ledger, proxy } = await aLedger();
  const startedAt = performance.now();
  proxy.spoil(() => true, 'hang', 'hang', 'hang', 'hang', 'hang');
  await expect(ledger.read(key, null)).rejects.toThrow(StoreUnavailable);
  await proxy.stop();
  await expect(ledger.write(key, null, aChange(aStoredJob(key)))).rejects.toThrow(StoreUnavailable);
  await expect(ledger.list(null, 10, null)).rejects.toThrow(StoreUnavailable);
  await expect(ledger.proveWritable()).rejects.toThrow(StoreUnavailable);
  await expect(ledger.updateEnvironment('default', () => never())).rejects.toThrow(StoreUnavailable);
  expect(performance.now() - startedAt).toBeLessThan(3000);
});

test('a key that the store does not take is reported as such, and no error holds it', async () => {
  const wrongKey = Buffer.from('this is the wrong key').toString('base64');
  const settings = azurite.connectionString().replace(azurite.accountKey, wrongKey);
  const { ledger } = openStorage(settings, freshNames());
  const error: unknown = await ledger.read(key, 'E1').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StoreUnavailable);
  expect(inspect(error, { depth: 9, showHidden: true })).toMatch(/HTTP 403/);
  expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/this is|dGhpcyBpcy|signature|sig=/i);
});

test('tables that are missing are made, by however many find it at once', async () => {
  const names = freshNames();
  const ledgers = Array.from({ length: 8 }, () => openStorage(azurite.connectionString(), names).ledger);
  const pages = await Promise.all(ledgers.map((ledger) => ledger.read(key, 'E1')));
  expect(pages.every(({ job }) => job === null)).toBe(true);
});

test('a record and an entry of any length are kept exactly', async () => {
  const { open } = await aLedger();
  const long = 'Buchung 夜 \u0000 \u2028 \\ " \uD83D\uDE00 '.repeat(4000);
  const job = aStoredJob(key, 0, long);
  await open().write(key, null, aChange(job, { history: [{ ...anEntry('E1'), reason: long }] }));
  expect((await open().read(key, null)).job).toEqual(job);
  expect((await open().history(key, null, 1))[0]?.reason).toBe(long);
});

test('events of any name are kept apart', async () => {
  const { open } = await aLedger();
  const eventIds = ["it's", 'a/b', 'a\\b', 'a#b', 'a?b', 'a%2Fb', 'a~2f~b', '夜', 'A', 'a'];
  await open().write(key, null, aChange(aStoredJob(key), { eventIds }));
  for (const eventId of eventIds) expect(await open().read(key, eventId)).toMatchObject({ eventKnown: true });
  for (const eventId of ['its', 'a_b', '']) {
    expect(await open().read(key, eventId)).toMatchObject({ eventKnown: false });
  }
});

test('a write of more rows than a transaction takes is refused, and one of as many is not', async () => {
  const { open } = await aLedger();
  const change = (events: number) =>
    aChange(aStoredJob(key), { eventIds: Array.from({ length: events }, (_, index) => `E${index}`) });
  await expect(open().write(key, null, change(100))).rejects.toThrow(/101 rows/);
  expect((await open().write(key, null, change(99))).kind).toBe('written');
});

test('history is in the order of writing, though clocks differ', async () => {
  const { open } = await aLedger();
  const ahead = new Date(Date.now() + 60_000);
  const first = await open().write(
    key,
    null,
    aChange(aStoredJob(key), { history: [anEntry('E1', ahead), anEntry('E2', ahead)] }),
  );
  await open().write(key, versionOf(first), aChange(aStoredJob(key), { history: [anEntry('E3')] }));
  const eventIds = (await open().history(key, null, 10)).map(({ eventId }) => eventId);
  expect(eventIds).toEqual(['E3', 'E2', 'E1']);
});

test('what is not a position is taken for the newest, whatever it says', async () => {
  const { open } = await aLedger();
  await open().write(key, null, aChange(aStoredJob(key), { history: [anEntry('E1')] }));
  expect(await open().history(key, "' or RowKey ge '", 10)).toHaveLength(1);
});

test('hundreds of rows are pruned, though two do it at once', async () => {
  const { open, names } = await aLedger();
  let version: string | null = null;
  for (const from of [0, 60, 120, 180]) {
    version = versionOf(
      await open().write(key, version, aChange(aStoredJob(key), { history: sixtyEntries(from) })),
    );
  }
  await open().write(key, version, aChange(aStoredJob(key), { eventIds: ['E1'], history: [anEntry('E1')] }));
  const counts = await Promise.all([1, 2].map(() => open().prune(key, new Date(1_000_230))));
  expect(counts[0] ?? 0).toBeLessThanOrEqual(230);
  expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBe(230);
  expect(await open().history(key, null, 100)).toHaveLength(11);
  expect(await open().read(key, 'E1')).toMatchObject({ eventKnown: true });

  const table = TableClient.fromConnectionString(azurite.connectionString(), names.records, {
    allowInsecureConnection: true,
  });
  let rows = 0;
  for await (const _ of table.listEntities()) rows += 1;
  expect(rows).toBe(13);
});

function sixtyEntries(from: number) {
  return Array.from({ length: 60 }, (_, index) =>
    anEntry(`E${from + index}`, new Date(1_000_000 + from + index)),
  );
}

function versionOf(
  result: { kind: 'written'; version: string | null } | { kind: 'conflict' },
): string | null {
  if (result.kind === 'conflict') throw new Error('A conflict where there is one writer.');
  return result.version;
}

function never(): never {
  throw new Error('This is not to be called.');
}
