import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { listen, type NodeHost } from '../../../src/hosts/node/listen.ts';
import { itemsOfPoll } from '../../../src/ports/work-queue.ts';
import { runWorker } from '../../../src/hosts/node/run-worker.ts';
import { StoreUnavailable } from '../../../src/ports/ledger.ts';
import { silentTelemetry, type Telemetry } from '../../../src/ports/telemetry.ts';
import {
  aService,
  failureEvent,
  nightlyPosting,
  readAnswer,
  type TestService,
} from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const { jobId } = nightlyPosting;
const json = { 'content-type': 'application/json' };

const started: { host: NodeHost; service: TestService }[] = [];
afterEach(async () => {
  for (const { host, service } of started.splice(0)) {
    await host.close();
    await service[Symbol.asyncDispose]();
  }
});

async function aHost() {
  const service = await aService();
  const host = await listen(service.service, { host: '127.0.0.1', port: 0, functionKey: null });
  started.push({ host, service });
  return { host, service, url: `${host.url}/business-events` };
}

/** Posts over one connection at most, so that what an answer does to its connection shows in the next request. */
function post(url: string, agent: Agent, headers: Record<string, string>): ClientRequest {
  return request(url, { method: 'POST', agent, headers: { ...json, ...headers } });
}

async function answerTo(sending: ClientRequest) {
  const [response]: IncomingMessage[] = await once(sending, 'response');
  if (!response) throw new Error('no response');
  const body: unknown = JSON.parse(await text(response));
  return { status: response.statusCode, body };
}

const nothing = () => Promise.resolve(0);
const idle = { sweep: nothing, pruneHistory: nothing };

test('a slow upload and one that is broken off keep nobody else waiting', async () => {
  const { host, service, url } = await aHost();
  const event = await failureEvent(service);
  const slow = post(url, new Agent(), { 'content-length': String(event.length) });
  slow.write(event.slice(0, 10));
  const broken = Array.from({ length: 20 }, () => post(url, new Agent(), { 'content-length': '5000' }));
  const errors = Promise.all(broken.map((sending) => once(sending, 'error')));
  for (const sending of broken) sending.write('{"BusinessEventId":');
  for (const sending of broken) await connected(sending);
  for (const sending of broken) sending.destroy(new Error('broken off'));
  await errors;

  expect((await fetch(`${host.url}/ready`)).status).toBe(200);

  slow.end(event.slice(10));
  expect(await answerTo(slow)).toMatchObject({ status: 200, body: { decision: 'requeued' } });
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('an upload that is broken off is decided by nobody and logs no bug', async () => {
  const { service, host, url } = await aHost();
  const event = await failureEvent(service);
  const sending = post(url, new Agent(), { 'transfer-encoding': 'chunked' });
  const failed = once(sending, 'error');
  sending.write(event);
  await connected(sending);
  await new Promise((resolve) => setTimeout(resolve, 50));
  sending.destroy(new Error('broken off'));
  await failed;

  expect((await fetch(`${host.url}/ready`)).status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(service.sandbox.requeues(jobId)).toBe(0);
  expect(service.lines).toEqual([]);
});

test.each([
  ['3 MiB, its length given', 3, { 'content-length': String(3 * 1024 * 1024) }],
  ['3 MiB in chunks', 3, { 'transfer-encoding': 'chunked' }],
  ['40 MiB in chunks', 40, { 'transfer-encoding': 'chunked' }],
  ['20 MiB, its length given', 20, { 'content-length': String(20 * 1024 * 1024) }],
])(
  'a body over the limit is answered 413, and its client is served again: %s',
  async (_title, mebibytes, headers) => {
    const { service, url } = await aHost();
    const event = await failureEvent(service);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const large = post(url, agent, headers);
      const large413 = answerTo(large);
      const block = Buffer.alloc(64 * 1024, ' ');
      for (let sent = 0; sent < mebibytes * 1024 * 1024; sent += block.length) large.write(block);
      large.end();
      expect(await large413).toMatchObject({
        status: 413,
        body: { type: 'urn:batch-retry:problem:too-large' },
      });

      const next = post(url, agent, { 'content-length': String(Buffer.byteLength(event)) });
      next.end(event);
      expect(await answerTo(next)).toMatchObject({ status: 200, body: { decision: 'requeued' } });
    } finally {
      agent.destroy();
    }
  },
);

test('an endless upload is answered 413 early, and cut off', async () => {
  const { host, url } = await aHost();
  const sending = post(url, new Agent(), { 'transfer-encoding': 'chunked' });
  const answered = answerTo(sending);
  const uploaded = pourInto(sending);

  expect(await answered).toMatchObject({ status: 413 });
  expect(await uploaded).toBeLessThan(256 * 1024 * 1024);
  expect((await fetch(`${host.url}/health`)).status).toBe(200);
});

test('an answer that a turn of the event loop makes is sent after it, with the others of that turn', async () => {
  const { host } = await aHost();
  const isSentInItsTurn: boolean[] = [];
  const watch = (message: unknown) => {
    const { response } = Object(message);
    if (!(response instanceof ServerResponse)) throw new Error('no response');
    setImmediate(() => isSentInItsTurn.push(response.headersSent));
  };
  subscribe('http.server.request.start', watch);
  try {
    expect((await fetch(`${host.url}/health`)).status).toBe(200);
  } finally {
    unsubscribe('http.server.request.start', watch);
  }
  expect(isSentInItsTurn).toEqual([false]);
});

test('what is no HTTP is answered 400 and closed', async () => {
  const { host } = await aHost();
  const { port } = new URL(host.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.end('this is no HTTP\r\n\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
  expect((await fetch(`${host.url}/health`)).status).toBe(200);
});

test('closing lets a request that is under way finish, takes no more, and is over once that is answered', async () => {
  const { host, service, url } = await aHost();
  service.sandbox.faults.add({ kind: 'delay', ms: 400 }, { on: 'action' });
  const underWay = fetch(url, { method: 'POST', headers: json, body: await failureEvent(service) });
  await expect.poll(() => service.sandbox.requests.some(({ route }) => route === 'action')).toBe(true);

  const closing = host.close();
  await expect(fetch(`${host.url}/health`)).rejects.toThrow('fetch failed');

  expect(await readAnswer(await underWay)).toMatchObject({ status: 200, body: { decision: 'requeued' } });
  const answeredAt = performance.now();
  await closing;
  expect(performance.now() - answeredAt).toBeLessThan(1000);
});

test('closing does not wait for connections that are kept alive', async () => {
  const { host } = await aHost();
  const agent = new Agent({ keepAlive: true });
  const sending = request(`${host.url}/health`, { agent });
  sending.end();
  await answerTo(sending);
  const before = performance.now();
  await host.close();
  expect(performance.now() - before).toBeLessThan(1000);
  agent.destroy();
});

test('listening on a port that is taken rejects with the reason', async () => {
  const { host, service } = await aHost();
  const port = Number(new URL(host.url).port);
  await expect(listen(service.service, { host: '127.0.0.1', port, functionKey: null })).rejects.toMatchObject(
    { code: 'EADDRINUSE', port },
  );
});

test('the loop processes what is due every second, logs a lost store once until it is back, and goes on', async () => {
  const clock = new ManualClock();
  const logged: unknown[] = [];
  const lost = new StoreUnavailable('disk I/O error');
  const results: ('done' | Error)[] = ['done', lost, lost, lost, 'done', lost, 'done'];
  let calls = 0;
  const service = {
    ...idle,
    pollWorkQueue: () => {
      const result = results[calls++];
      return result instanceof Error ? Promise.reject(result) : Promise.resolve(0);
    },
  };
  const telemetry: Telemetry = {
    ...silentTelemetry,
    record: (event) => {
      if (event.kind === 'error') logged.push([calls, event.message, event.error]);
    },
  };
  const stop = new AbortController();
  const running = runWorker(service, clock, telemetry, stop.signal);

  for (let call = 1; call <= results.length; call++) {
    await expect.poll(() => clock.asleep, { interval: 1 }).toBe(1);
    expect(calls).toBe(call);
    await clock.advance(999);
    expect(calls).toBe(call);
    await clock.advance(1);
  }
  await expect.poll(() => clock.asleep, { interval: 1 }).toBe(1);
  stop.abort();
  await running;

  expect(logged).toEqual([
    [2, 'Due work cannot be processed.', lost],
    [6, 'Due work cannot be processed.', lost],
  ]);
  expect(calls).toBe(results.length + 1);
});

test('the loop polls again at once while polls are full, but not once it has to stop', async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  const received = [itemsOfPoll, itemsOfPoll, itemsOfPoll - 1, itemsOfPoll, itemsOfPoll];
  let calls = 0;
  const pollWorkQueue = () => {
    const items = received[calls++] ?? 0;
    if (calls === received.length) stop.abort();
    return Promise.resolve(items);
  };
  const running = runWorker({ ...idle, pollWorkQueue }, clock, silentTelemetry, stop.signal);

  await expect.poll(() => clock.asleep, { interval: 1 }).toBe(1);
  expect(calls).toBe(3);
  await clock.advance(1000);
  await running;
  expect(calls).toBe(5);
});

test('the loop ends only when what is under way is done', async () => {
  const clock = new ManualClock();
  const work = Promise.withResolvers<number>();
  const stop = new AbortController();
  let isOver = false;
  const running = runWorker(
    { ...idle, pollWorkQueue: () => work.promise },
    clock,
    silentTelemetry,
    stop.signal,
  ).then(() => (isOver = true));

  stop.abort();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isOver).toBe(false);

  work.resolve(1);
  await running;
  expect(isOver).toBe(true);
});

/** Sends for as long as it can, and resolves to how many bytes that were. */
async function pourInto(sending: ClientRequest): Promise<number> {
  const block = Buffer.alloc(64 * 1024, ' ');
  let sent = 0;
  sending.on('error', () => undefined);
  while (!sending.destroyed) {
    sent += block.length;
    sending.write(block);
    await new Promise(setImmediate);
  }
  return sent;
}

async function connected(sending: ClientRequest): Promise<void> {
  const socket = sending.socket ?? (await once(sending, 'socket'))[0];
  if (socket.connecting) await once(socket, 'connect');
}
