import { setTimeout as sleep } from 'node:timers/promises';
import { QueueClient } from '@azure/storage-queue';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { encodeWork, parseMessage } from '../../src/adapters/azure-storage/work-message.ts';
import { parseWork } from '../../src/ports/work-queue.ts';
import { type JobId, parseJobId } from '../../src/policy/job-id.ts';
import { LedgerUnavailable } from '../../src/ports/ledger.ts';
import { startAzurite } from '../helpers/azurite.ts';
import { startProxy } from '../helpers/azurite-proxy.ts';
import { freshNames, openStorage } from '../helpers/azurite-storage.ts';
import { workQueueContract } from '../contract/work-queue-contract.ts';

const azurite = await startAzurite();
afterAll(azurite.stop);

const hiddenMs = 1000;
const jobId: JobId = parseJobId('9223372036854775807') ?? failed();
const aWork = (dueAt = new Date()) => ({ environment: 'default', jobId, dueAt });
const base64 = (text: string) => Buffer.from(text).toString('base64');
const inMs = (ms: number) => new Date(Date.now() + ms);

/** A queue behind a proxy, and the raw queues beside it. */
async function aQueue() {
  const names = freshNames();
  const proxy = await startProxy(azurite.queueUrl);
  onTestFinished(proxy.stop);
  const { queue } = openStorage(azurite.connectionString(azurite.tableUrl, proxy.url), names, hiddenMs);
  await queue.receive(1);
  const raw = (name: string) => new QueueClient(azurite.connectionString(), name);
  return { queue, proxy, work: raw(names.work), poison: raw(names.setAside) };
}

workQueueContract('Azure Queues on Azurite', () => {
  const names = freshNames();
  return Promise.resolve({
    open: () => openStorage(azurite.connectionString(), names, hiddenMs).queue,
    now: () => new Date(),
    advance: (ms) => sleep(ms + 200),
    hiddenMs,
  });
});

test('a message is base64 of JSON with its ids as strings, as the Functions host expects it, and never expires', async () => {
  const { queue, work } = await aQueue();
  const put = aWork();
  await queue.put(put);
  const [message] = (await work.peekMessages()).peekedMessageItems;
  expect(JSON.parse(Buffer.from(message?.messageText ?? '', 'base64').toString())).toEqual({
    environment: 'default',
    jobId: '9223372036854775807',
    dueAt: put.dueAt.toISOString(),
  });
  expect(message?.expiresOn.getUTCFullYear()).toBe(9999);
});

test.each([
  ['what is due in 1.2 s is hidden for 2 s', 1200, '2'],
  ['what was due is not hidden', -5000, '0'],
  ['what is due in 30 days is hidden for 7', 30 * 86_400_000, '604800'],
])('%s', async (_, delayMs, expected) => {
  const { queue, proxy } = await aQueue();
  proxy.forget();
  await queue.put(aWork(inMs(delayMs)));
  expect(hiddenFor(proxy.seen[0]?.path)).toBe(expected);
  expect(proxy.seen).toHaveLength(1);
});

test('work that comes up before its time is put again, not handed out', async () => {
  const { queue, proxy, work } = await aQueue();
  await work.sendMessage(encodeWork(aWork(inMs(3_600_000))));
  proxy.forget();
  expect(await queue.receive(10)).toEqual([]);
  expect(hiddenFor(proxy.seen.find(({ method }) => method === 'POST')?.path)).toBe('3600');
  expect((await work.getProperties()).approximateMessagesCount).toBe(1);
});

test('messages that are no work are set aside as they are, and what is work beside them is handed out', async () => {
  const { queue, work, poison } = await aQueue();
  const tooLong = 'x'.repeat(60_000);
  const garbage = ['not base64 {', base64('nor JSON'), base64('{"jobId":1}'), base64('null'), tooLong];
  for (const text of garbage) await work.sendMessage(text);
  await queue.put(aWork());

  const received = await queue.receive(10);
  expect(received).toMatchObject([{ work: { jobId } }]);
  expect((await work.getProperties()).approximateMessagesCount).toBe(1);
  const kept = (await poison.peekMessages({ numberOfMessages: 32 })).peekedMessageItems;
  const texts = kept.map(({ messageText }) => messageText);
  const wrapped = garbage.slice(0, -1).map((text) => ({ text, reason: 'The message is no work.' }));
  expect(texts.map(parseMessage)).toEqual(expect.arrayContaining(wrapped));
  expect(texts).toContain(tooLong);
  expect(await queue.listSetAside(10)).toEqual(
    garbage.map(() => ({ work: null, reason: 'The message is no work.', at: expect.any(Date) })),
  );
});

test('what the Functions host set aside by itself is listed, work or not', async () => {
  const { queue, poison } = await aQueue();
  const work = aWork();
  await poison.sendMessage(encodeWork(work));
  expect(await queue.listSetAside(100)).toMatchObject([
    { work, reason: expect.stringMatching(/Functions host/) },
  ]);
  await poison.sendMessage(base64('{"reason":"Believe me."}'));
  expect(await queue.listSetAside(100)).toMatchObject([
    { work },
    { work: null, reason: 'The message is no work.' },
  ]);
});

test.each([['cut' as const], [{ status: 503 }]])(
  'a put whose answer is lost (%o) succeeds, at least once',
  async (fault) => {
    const { queue, proxy } = await aQueue();
    proxy.spoil((method) => method === 'POST', fault);
    await queue.put(aWork());
    const received = await queue.receive(10);
    expect(received.length).toBeGreaterThanOrEqual(1);
    expect(received.every(({ work }) => work.jobId === jobId)).toBe(true);
  },
);

test('work whose completion lost its answer is complete', async () => {
  const { queue, proxy, work } = await aQueue();
  await queue.put(aWork());
  const [received] = await queue.receive(1);
  proxy.spoil((method) => method === 'DELETE', 'cut');
  await queue.complete(received ?? failed());
  expect((await work.getProperties()).approximateMessagesCount).toBe(0);
});

test('a queue that hangs or is not there is told as a store that cannot be reached, in time', async () => {
  const { queue, proxy } = await aQueue();
  proxy.spoil(() => true, 'hang', 'hang', 'hang');
  const startedAt = performance.now();
  await expect(queue.put(aWork())).rejects.toThrow(LedgerUnavailable);
  await proxy.stop();
  await expect(queue.receive(1)).rejects.toThrow(LedgerUnavailable);
  expect(performance.now() - startedAt).toBeLessThan(3000);
});

test.each([
  [{ environment: 'default', jobId: '5637144576', dueAt: '2026-03-02T01:00:00.001Z' }, true],
  [
    { environment: 'default', jobId: '-9223372036854775808', dueAt: '2026-03-02T01:00:00Z', reason: 'x' },
    true,
  ],
  [{ environment: 'default', jobId: 5637144576, dueAt: '2026-03-02T01:00:00Z' }, false],
  [{ environment: 'default', jobId: '9223372036854775808', dueAt: '2026-03-02T01:00:00Z' }, false],
  [{ environment: 'a/b', jobId: '1', dueAt: '2026-03-02T01:00:00Z' }, false],
  [{ environment: 'default', jobId: '1', dueAt: 'soon' }, false],
  [{ environment: 'default', jobId: '1' }, false],
  [[], false],
  ['text', false],
  [null, false],
])('the parsed message %j is work: %s', (message, isWork) => {
  expect(parseWork(message) !== null).toBe(isWork);
});

function hiddenFor(path: string | undefined): string | null {
  return new URL(path ?? '', 'http://queue').searchParams.get('visibilitytimeout');
}

function failed(): never {
  throw new Error('There is none.');
}
