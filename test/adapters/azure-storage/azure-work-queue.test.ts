import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { QueueClient } from '@azure/storage-queue';
import { expect, test, type TestContext } from 'vitest';
import { encodeWork } from '../../../src/adapters/azure-storage/queue/work-message.ts';
import { StoreUnavailable } from '../../../src/ports/ledger.ts';
import { type QueueUnderTest, workQueueContract } from '../../contract/work-queue-contract.ts';
import { startProxy } from '../../helpers/azurite-proxy.ts';
import { freshNames, openStorage } from '../../helpers/azurite-storage.ts';
import { sharedAzurite } from '../../helpers/azurite.ts';
import { aDecide, aDeliver, aPublish, aWake } from '../../helpers/work-items.ts';

const azurite = await sharedAzurite();

const visibilityTimeoutMs = 1000;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const inMs = (ms: number) => new Date(Date.now() + ms);
const isEnqueue = (method: string, path: string) => method === 'POST' && path.includes('/messages');

/** A queue behind a proxy, and the raw queues beside it. */
async function aQueue({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  const names = freshNames();
  const proxy = await startProxy(azurite.queueUrl);
  onTestFinished(proxy.stop);
  const connection = azurite.connectionString(azurite.tableUrl, proxy.url);
  const { queue } = openStorage(connection, names, visibilityTimeoutMs);
  await queue.receive(1);
  proxy.forget();
  const raw = (name: string) => new QueueClient(azurite.connectionString(), name);
  return { queue, proxy, work: raw(names.work), deadLetters: raw(names.deadLetters) };
}

async function aQueueInRealTime(): Promise<QueueUnderTest> {
  const names = freshNames();
  const open = () => openStorage(azurite.connectionString(), names, visibilityTimeoutMs).queue;
  await open().receive(1);
  return { open, now: () => new Date(), advance: (ms) => sleep(ms + 200), visibilityTimeoutMs };
}

workQueueContract('Azure Queues on Azurite', aQueueInRealTime, { concurrent: true });

test('a message is base64 of JSON with its ids as strings, as the Functions host expects it, and never expires', async (context) => {
  const { queue, work } = await aQueue(context);
  const item = aWake({ jobId: '9223372036854775807', wakeId: '7' });
  await queue.enqueue(item);
  const [message] = (await work.peekMessages()).peekedMessageItems;
  expect(JSON.parse(Buffer.from(message?.messageText ?? '', 'base64').toString())).toEqual({
    recordVersion: 2,
    kind: 'wake',
    environment: 'default',
    jobId: '9223372036854775807',
    dueAt: item.dueAt.toISOString(),
    faults: 0,
    wakeId: '7',
  });
  expect(message?.expiresOn.getUTCFullYear()).toBe(9999);
});

test('a proof that it can be written is removed at once, and one that cannot be removed expires within seconds', async (context) => {
  const { queue, proxy, work, deadLetters } = await aQueue(context);
  await queue.proveWritable();
  for (const one of [work, deadLetters]) {
    expect((await one.getProperties()).approximateMessagesCount).toBe(0);
  }
  expect(proxy.seen.map(({ method }) => method)).toEqual(['POST', 'DELETE']);
  expect(proxy.seen[0]?.path).toContain('visibilitytimeout=1&messagettl=2');
});

test('a queue that takes nothing proves that it does not', async (context) => {
  const { queue, proxy } = await aQueue(context);
  await proxy.stop();
  await expect(queue.proveWritable()).rejects.toThrow(StoreUnavailable);
});

test.for<[string, number, number | undefined, string]>([
  ['what is due in 1.2 s is invisible for 2 s', 1200, undefined, '2'],
  ['what was due is visible at once', -5000, undefined, '0'],
  ['a delay counts, whatever the time of day', 86_400_000, 1200, '2'],
  ['a delay of 30 days is 7 days at first', 0, 30 * 86_400_000, '604800'],
])('%s', async ([, dueInMs, delayMs, expected], context) => {
  const { queue, proxy } = await aQueue(context);
  await queue.enqueue(aWake({ dueAt: inMs(dueInMs) }), delayMs === undefined ? {} : { delayMs });
  expect(invisibleFor(proxy.seen[0]?.path)).toBe(expected);
  expect(proxy.seen).toHaveLength(1);
});

test('an item says what is left of a delay of more than 7 days', async (context) => {
  const { queue, proxy, work } = await aQueue(context);
  await queue.enqueue(aWake(), { delayMs: 7 * 86_400_000 + 1 });
  const [, text = ''] = /<MessageText>(.*)<\/MessageText>/.exec(proxy.seen[0]?.body ?? '') ?? [];
  expect(JSON.parse(Buffer.from(text, 'base64').toString())).toMatchObject({ kind: 'wake', remainingMs: 1 });
  expect(await queue.receive(1)).toEqual([]);
  await work.sendMessage(encodeWork({ ...aWake(), remainingMs: 1 }));
  expect(await queue.receive(1)).toMatchObject([{ item: { kind: 'wake', remainingMs: 1 } }]);
});

test('an item that is due later by the clock of this machine is delivered once, and not enqueued again', async (context) => {
  const { queue, proxy, work } = await aQueue(context);
  const item = aWake({ dueAt: inMs(3_600_000) });
  await work.sendMessage(encodeWork(item));
  expect(await queue.receive(10)).toMatchObject([{ item }]);
  expect(proxy.seen.filter(({ method }) => method === 'POST')).toEqual([]);
  expect((await work.getProperties()).approximateMessagesCount).toBe(1);
});

test('messages that are no work are delivered as such, beside what is work', async (context) => {
  const { queue, work } = await aQueue(context);
  const garbage = ['not base64 {', base64('nor JSON'), base64('{"jobId":1}'), base64('null')];
  for (const text of garbage) await work.sendMessage(text);
  await queue.enqueue(aWake());
  const received = (await queue.receive(10)).map(({ item }) => item);
  expect(received).toHaveLength(5);
  expect(received).toEqual(
    expect.arrayContaining([
      aWake(),
      ...garbage.map((raw) => ({ kind: 'unreadable', raw, reason: expect.stringMatching(/not work/) })),
    ]),
  );
});

test('a dead letter that leaves no room for its reason is kept without it', async (context) => {
  const { queue, deadLetters } = await aQueue(context);
  const tooLong = 'x'.repeat(60_000);
  await queue.deadLetter(null, tooLong, 'The message is not work.');
  expect((await deadLetters.peekMessages()).peekedMessageItems).toMatchObject([{ messageText: tooLong }]);
  expect(await queue.listDeadLetters(10)).toMatchObject([
    { item: null, raw: tooLong, reason: expect.stringMatching(/not work/) },
  ]);
});

test('what the Functions host gave up by itself is listed, work or not', async (context) => {
  const { queue, deadLetters } = await aQueue(context);
  await deadLetters.sendMessage(encodeWork(aWake()));
  await deadLetters.sendMessage(base64('{"reason":"Believe me."}'));
  expect(await queue.listDeadLetters(100)).toMatchObject([
    { item: aWake(), reason: expect.stringMatching(/Functions host/) },
    { item: null, reason: 'The message is not work: it has no kind.' },
  ]);
});

test.for(['cut' as const, { status: 503 }, { status: 500 }])(
  'an item whose answer is lost (%o) may be there: it is not sent again, and rejects',
  async (fault, context) => {
    const { queue, proxy, work } = await aQueue(context);
    proxy.spoil(isEnqueue, fault);
    await expect(queue.enqueue(aWake())).rejects.toThrow(StoreUnavailable);
    expect(proxy.seen).toHaveLength(1);
    expect((await work.getProperties()).approximateMessagesCount).toBe(1);
  },
);

test('an item that certainly was not sent is sent again', async (context) => {
  const { queue, proxy } = await aQueue(context);
  const port = Number(new URL(proxy.url).port);
  await proxy.stop();
  await sleep(50);
  const sent = queue.enqueue(aDecide());
  await sleep(20);
  const again = createServer((_request, response) => response.writeHead(201).end());
  again.listen(port, '127.0.0.1');
  context.onTestFinished(() => void again.close());
  await expect(sent).resolves.toBeUndefined();
});

test.concurrent(
  'an item whose place another takes is one item, though the answer is late',
  async (context) => {
    const { queue, proxy, work } = await aQueue(context);
    await queue.enqueue(aDecide({ jobId: '1' }));
    const [received] = await queue.receive(1);
    proxy.delayMs = 2000;
    const postponed = queue.postpone(received ?? failed(), 30 * 86_400_000, aDecide({ jobId: '2' }));
    await expect(postponed).rejects.toThrow(StoreUnavailable);
    expect((await work.getProperties()).approximateMessagesCount).toBe(1);
    expect(proxy.seen.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  },
);

test.concurrent.for([
  ['wake', aWake(), 'counts as added'],
  ['publish', aPublish(), 'counts as added'],
  ['deliver', aDeliver(), 'rejects'],
  ['decide', aDecide(), 'rejects'],
] as const)('%s whose answer is late was sent once, and %s', async ([, item, expected], context) => {
  const { queue, proxy, work } = await aQueue(context);
  proxy.delayMs = 2000;
  const startedAt = performance.now();
  const sent = await queue.enqueue(item).then(
    () => 'counts as added',
    (error: unknown) => (error instanceof StoreUnavailable ? 'rejects' : error),
  );
  expect(performance.now() - startedAt).toBeLessThan(1900);
  expect(sent).toBe(expected);
  await sleep(500);
  expect(proxy.seen).toHaveLength(1);
  expect((await work.getProperties()).approximateMessagesCount).toBe(1);
});

test.concurrent('an item whose answer takes 900 ms is added once', async (context) => {
  const { queue, proxy, work } = await aQueue(context);
  proxy.delayMs = 900;
  await queue.enqueue(aDecide());
  expect(proxy.seen).toHaveLength(1);
  expect((await work.getProperties()).approximateMessagesCount).toBe(1);
});

test.concurrent(
  'work whose completion, or giving back, lost its answer is completed, or given back',
  async (context) => {
    const { queue, proxy, work } = await aQueue(context);
    await queue.enqueue(aWake());
    const [first] = await queue.receive(1);
    proxy.spoil((method) => method === 'PUT', 'cut');
    await queue.postpone(first ?? failed(), 1000);
    await sleep(1200);
    const [second] = await queue.receive(1);
    proxy.spoil((method) => method === 'DELETE', 'cut');
    await queue.complete(second ?? failed());
    expect((await work.getProperties()).approximateMessagesCount).toBe(0);
  },
);

test.concurrent(
  'a queue that hangs or is not there is a store that cannot be reached, in time',
  async (context) => {
    const { queue, proxy } = await aQueue(context);
    proxy.spoil(() => true, 'hang');
    const startedAt = performance.now();
    await expect(queue.receive(1)).rejects.toThrow(StoreUnavailable);
    await proxy.stop();
    await expect(queue.enqueue(aWake())).rejects.toThrow(StoreUnavailable);
    expect(performance.now() - startedAt).toBeLessThan(3000);
  },
);

function invisibleFor(path: string | undefined): string | null {
  return new URL(path ?? '', 'http://queue').searchParams.get('visibilitytimeout');
}

function failed(): never {
  throw new Error('There is none.');
}
