import type { LookupAddress } from 'node:dns';
import { afterEach, expect, test } from 'vitest';
import { HttpSubscribers } from '../../../src/adapters/subscribers/http-subscribers.ts';
import type { Resolve } from '../../../src/adapters/subscribers/resolve-allowed.ts';
import { readCallbackHosts } from '../../../src/settings/callback-hosts.ts';
import { startCallbackServer } from '../../helpers/callback-server.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const clock = new ManualClock(new Date('2026-03-02T01:00:00Z'));
const loopback: LookupAddress = { address: '127.0.0.1', family: 4 };
const elsewhere: LookupAddress = { address: '10.0.0.1', family: 4 };
const soon = () => AbortSignal.timeout(5000);
const body = { notificationId: '1', jobId: '9223372036854775807', timelineText: 'Größe “1”' };

const proxySettings = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'NODE_USE_ENV_PROXY'];
afterEach(() => {
  for (const name of proxySettings) delete process.env[name];
});

/** Knows the addresses of names from a list, one answer for each time it is asked; the last stays. */
function resolving(...answers: LookupAddress[][]): Resolve & { asked: string[] } {
  const asked: string[] = [];
  const resolve = (hostname: string) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(hostname);
    return answer ? Promise.resolve(answer) : Promise.reject(new Error('ENOTFOUND'));
  };
  return Object.assign(resolve, { asked });
}

function subscribers(setting: string, resolve?: Resolve): HttpSubscribers {
  return new HttpSubscribers(readCallbackHosts(setting), clock, resolve);
}

test('a notification is POSTed as JSON, to the path and query as they are', async () => {
  await using server = await startCallbackServer();
  const path =
    '/workflows/0a/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=x-_Y%3d~!()';
  expect(await subscribers(server.origin).notify(`${server.origin}${path}`, body, soon())).toEqual({
    kind: 'delivered',
  });
  expect(server.received).toMatchObject([{ path, body, headers: { 'content-type': 'application/json' } }]);
  expect(server.received[0]?.headers).not.toHaveProperty('authorization');
});

test.each([
  [200, {}, { kind: 'delivered' }],
  [204, {}, { kind: 'delivered' }],
  [404, {}, { kind: 'not-found', reason: 'HTTP 404' }],
  [410, {}, { kind: 'gone', reason: 'HTTP 410' }],
  [408, {}, { kind: 'failed', retryAfterMs: null, reason: 'HTTP 408' }],
  [429, { 'retry-after': '7' }, { kind: 'failed', retryAfterMs: 7000, reason: 'HTTP 429' }],
  [
    429,
    { 'retry-after': 'Mon, 02 Mar 2026 01:02:00 GMT' },
    { kind: 'failed', retryAfterMs: 120_000, reason: 'HTTP 429' },
  ],
  [500, {}, { kind: 'failed', retryAfterMs: null, reason: 'HTTP 500' }],
  [503, { 'retry-after': 'soon' }, { kind: 'failed', retryAfterMs: null, reason: 'HTTP 503' }],
  [400, {}, { kind: 'failed', retryAfterMs: null, reason: 'HTTP 400' }],
  [401, {}, { kind: 'failed', retryAfterMs: null, reason: 'HTTP 401' }],
  [403, {}, { kind: 'failed', retryAfterMs: null, reason: 'HTTP 403' }],
])('HTTP %i with %j becomes %j', async (status, headers, outcome) => {
  await using server = await startCallbackServer((response) => response.writeHead(status, headers).end());
  expect(await subscribers(server.origin).notify(server.origin, body, soon())).toEqual(outcome);
});

test.each([301, 302, 303, 307, 308])(
  'a redirect (%i) is not followed, not even to itself',
  async (status) => {
    await using server = await startCallbackServer((response, path) =>
      response.writeHead(path === '/' ? status : 200, { location: '/elsewhere' }).end(),
    );
    expect(await subscribers(server.origin).notify(server.origin, body, soon())).toEqual({
      kind: 'failed',
      retryAfterMs: null,
      reason: `HTTP ${status}, a redirect, which is not followed`,
    });
    expect(server.received.map(({ path }) => path)).toEqual(['/']);
  },
);

test('an answer without an end is not read: its status is all that counts', async () => {
  let closed: Promise<unknown> = Promise.resolve();
  await using server = await startCallbackServer((response) => {
    closed = new Promise((resolve) => response.on('close', resolve));
    response.writeHead(200, { 'content-encoding': 'gzip' });
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    };
    response.on('drain', more);
    more();
  });
  expect(await subscribers(server.origin).notify(server.origin, body, soon())).toEqual({ kind: 'delivered' });
  await closed;
});

test('a subscriber that hangs is left when the time is over', async () => {
  await using server = await startCallbackServer(() => undefined);
  const startedAt = performance.now();
  expect(await subscribers(server.origin).notify(server.origin, body, AbortSignal.timeout(200))).toEqual({
    kind: 'failed',
    retryAfterMs: null,
    reason: 'no answer in time',
  });
  expect(performance.now() - startedAt).toBeLessThan(1500);
});

const hanging = () => new Promise<never>(() => undefined);

test('a name service that hangs is left when the time is over', async () => {
  const signal = AbortSignal.timeout(100);
  expect(
    await subscribers('*.logic.azure.com', hanging).notify('https://a.logic.azure.com/', body, signal),
  ).toEqual({ kind: 'failed', retryAfterMs: null, reason: 'no answer in time' });
});

test('a subscriber that cuts the connection, or is not there, may be tried again; the reason holds no secret', async () => {
  await using server = await startCallbackServer((response) => response.destroy());
  const { origin } = server;
  const cut = await subscribers(origin).notify(`${origin}/?sig=secret`, body, soon());
  expect(cut).toEqual({ kind: 'failed', retryAfterMs: null, reason: 'ECONNRESET' });

  await server[Symbol.asyncDispose]();
  const gone = await subscribers(origin).notify(`${origin}/?sig=secret`, body, soon());
  expect(gone).toEqual({ kind: 'failed', retryAfterMs: null, reason: 'ECONNREFUSED' });
});

test('no proxy of the environment gets to see a notification', async () => {
  await using proxy = await startCallbackServer();
  for (const name of proxySettings) process.env[name] = proxy.origin;
  await using server = await startCallbackServer();
  expect(await subscribers(server.origin).notify(server.origin, body, soon())).toEqual({ kind: 'delivered' });
  expect(proxy.connections()).toBe(0);
});

test('an address that may not be called is neither resolved nor called', async () => {
  await using server = await startCallbackServer();
  const resolve = resolving([loopback]);
  const { port } = server;
  for (const address of [server.origin, `https://127.0.0.1:${port}/`, `https://2130706433:${port}/`]) {
    expect(await subscribers('*.logic.azure.com', resolve).notify(address, body, soon())).toMatchObject({
      kind: 'failed',
      retryAfterMs: null,
    });
  }
  expect([server.connections(), resolve.asked]).toEqual([0, []]);
});

test.each([
  ['leads to this machine', [loopback]],
  ['leads to this machine among others', [{ address: '20.50.60.70', family: 4 }, loopback]],
  ['leads to this machine by IPv6', [{ address: '::ffff:127.0.0.1', family: 6 }]],
  ['leads into a private network', [elsewhere]],
  ['leads to the metadata', [{ address: '169.254.169.254', family: 4 }]],
])('a listed name that %s is refused when it subscribes and when it is called', async (_what, addresses) => {
  const address = 'https://a.logic.azure.com/?sig=secret';
  const resolve = resolving(addresses);
  const reason = await subscribers('*.logic.azure.com', resolve).whyNotAllowed(address);
  expect(reason).toBe(
    `Its host a.logic.azure.com leads to the address ${addresses.at(-1)?.address}, which may not be called.`,
  );
  expect(await subscribers('*.logic.azure.com', resolve).notify(address, body, soon())).toEqual({
    kind: 'failed',
    retryAfterMs: null,
    reason,
  });
  expect(resolve.asked).toEqual(['a.logic.azure.com', 'a.logic.azure.com']);
});

test('a name that changes where it leads is caught: each call checks the address that it connects to', async () => {
  await using server = await startCallbackServer();
  const origin = `http://localhost:${server.port}`;
  const resolve = resolving([loopback], [loopback], [elsewhere]);
  const rebinding = subscribers(origin, resolve);

  expect(await rebinding.whyNotAllowed(`${origin}/`)).toBeNull();
  expect(await rebinding.notify(`${origin}/`, body, soon())).toEqual({ kind: 'delivered' });
  expect(resolve.asked, 'resolved once for each call').toHaveLength(2);
  expect(await rebinding.notify(`${origin}/`, body, soon())).toEqual({
    kind: 'failed',
    retryAfterMs: null,
    reason: 'Its host localhost leads to the address 10.0.0.1, which may not be called.',
  });
  expect([server.connections(), resolve.asked.length]).toEqual([1, 3]);
});

test('a name that is public when it subscribes and leads to this machine when it is called reaches nobody', async () => {
  await using server = await startCallbackServer();
  const setting = `https://hooks.contoso.com:${server.port}`;
  const rebinding = subscribers(setting, resolving([{ address: '20.50.60.70', family: 4 }], [loopback]));
  expect(await rebinding.whyNotAllowed(`${setting}/`)).toBeNull();
  expect(await rebinding.notify(`${setting}/`, body, soon())).toMatchObject({
    kind: 'failed',
    reason: expect.stringMatching(/may not be called/),
  });
  expect(server.connections()).toBe(0);
});

test.each([
  ['is not known now', () => Promise.reject(new Error('ENOTFOUND'))],
  ['has no address', () => Promise.resolve([])],
])('a listed name that %s may subscribe, and may be tried again', async (_what, resolve) => {
  const address = 'https://a.logic.azure.com/';
  expect(await subscribers('*.logic.azure.com', resolve).whyNotAllowed(address)).toBeNull();
  expect(await subscribers('*.logic.azure.com', resolve).notify(address, body, soon())).toMatchObject({
    kind: 'failed',
  });
});

test('who subscribes learns why an address may not be called', async () => {
  expect(await subscribers('*.logic.azure.com').whyNotAllowed('https://example.com/?sig=secret')).toBe(
    'Its host example.com is not one that CALLBACK_HOSTS allows: *.logic.azure.com.',
  );
});
