import { expect, test, vi } from 'vitest';
import type { Fault } from '../../src/sandbox/faults.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { aClient } from './fno-client.ts';

const jobId = '5637144576';

async function aFaultyAction(...faults: Fault[]) {
  const sandbox = await startSandbox({ answer: 'plain' });
  sandbox.addJob({ jobId, description: 'Nightly posting', script: { kind: 'always-fail' } });
  await sandbox.run(jobId);
  for (const fault of faults) sandbox.faults.add(fault, { on: 'action' });
  return { sandbox, client: await aClient(sandbox) };
}

const answers: [fault: Fault, status: number, body: RegExp, headers?: Record<string, string | null>][] = [
  [{ kind: 'refused', message: 'Group is locked' }, 200, /"IsSuccess":false.*Group is locked/],
  [{ kind: 'html' }, 200, /^<!doctype html>/, { 'content-type': 'text/html; charset=utf-8' }],
  [{ kind: 'broken-json' }, 200, /^\{.*[^}]$/],
  [{ kind: 'other-shape' }, 200, /^\{"message":"ok"/],
  [{ kind: 'unauthorized' }, 401, /^$/],
  [{ kind: 'forbidden' }, 403, /"innererror":\{"message":"The user/],
  [{ kind: 'not-found' }, 404, /^\{"Message":"No HTTP resource was found/],
  [{ kind: 'not-found', from: 'gateway' }, 404, /^$/],
  [{ kind: 'not-found', from: 'odata' }, 404, /"error".*There is no such batch job/],
  [{ kind: 'throttled', retryAfter: 7 }, 429, /"error"/, { 'retry-after': '7' }],
  [
    { kind: 'throttled', retryAfter: 'Mon, 02 Mar 2026 01:00:30 GMT' },
    429,
    /"error"/,
    { 'retry-after': 'Mon, 02 Mar 2026 01:00:30 GMT' },
  ],
  [{ kind: 'throttled', retryAfter: null }, 429, /"error"/, { 'retry-after': null }],
  [{ kind: 'business-error', message: 'Period closed' }, 500, /"innererror":\{"message":"Period closed"/],
  [{ kind: 'server-error' }, 500, /"error"/],
  [{ kind: 'unavailable', status: 502 }, 502, /^<!doctype html>/, { 'retry-after': null }],
  [{ kind: 'unavailable', status: 503, retryAfter: 60 }, 503, /^<!doctype html>/, { 'retry-after': '60' }],
  [{ kind: 'unavailable', status: 504 }, 504, /^<!doctype html>/],
];

test.each(answers)('%o answers %i, once, and F&O does nothing', async (fault, status, body, headers = {}) => {
  const { sandbox, client } = await aFaultyAction(fault);
  await using _ = sandbox;
  const response = await client.setToWaiting(jobId);
  expect(response.status).toBe(status);
  expect(await response.text()).toMatch(body);
  for (const [name, value] of Object.entries(headers)) expect(response.headers.get(name)).toBe(value);
  expect(sandbox.requests.at(-1)).toMatchObject({ route: 'action', jobId, status });
  expect(sandbox.requeues(jobId)).toBe(0);
  expect(sandbox.job(jobId).status).toBe('Error');
  expect(await (await client.setToWaiting(jobId)).json()).toMatchObject({ IsSuccess: true });
});

const committed: Fault[] = [
  { kind: 'html', committed: true },
  { kind: 'broken-json', committed: true },
  { kind: 'other-shape', committed: true },
  { kind: 'server-error', committed: true },
  { kind: 'unavailable', status: 504, committed: true },
  { kind: 'oversized', committed: true },
];

test.each(committed)('%o: F&O has acted before it misbehaves', async (fault) => {
  const { sandbox, client } = await aFaultyAction(fault);
  await using _ = sandbox;
  await (await client.setToWaiting(jobId)).text();
  expect(sandbox.requeues(jobId)).toBe(1);
  expect(sandbox.job(jobId).status).toBe('Waiting');
});

test('an oversized body is over 1 MiB and valid JSON', async () => {
  const { sandbox, client } = await aFaultyAction({ kind: 'oversized' });
  await using _ = sandbox;
  const text = await (await client.setToWaiting(jobId)).text();
  expect(text.length).toBeGreaterThan(1024 * 1024);
  expect(JSON.parse(text)).toMatchObject({ IsSuccess: false });
});

test.each([false, true])('a reset before the headers, committed: %s', async (committed) => {
  const { sandbox, client } = await aFaultyAction({ kind: 'reset', committed });
  await using _ = sandbox;
  await expect(client.setToWaiting(jobId)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  expect(sandbox.requeues(jobId)).toBe(committed ? 1 : 0);
  expect(sandbox.requests.at(-1)).toMatchObject({ status: null });
});

test.each<[Fault, boolean]>([
  [{ kind: 'reset', when: 'after-headers' }, false],
  [{ kind: 'reset', when: 'after-headers', committed: true }, true],
  [{ kind: 'cut' }, false],
  [{ kind: 'cut', committed: true }, true],
])('%o breaks off amid the body', async (fault, acted) => {
  const { sandbox, client } = await aFaultyAction(fault);
  await using _ = sandbox;
  const response = await client.setToWaiting(jobId);
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow('terminated');
  expect(sandbox.requeues(jobId)).toBe(acted ? 1 : 0);
});

test.each([false, true])('a hanging request is never answered, committed: %s', async (committed) => {
  const { sandbox, client } = await aFaultyAction({ kind: 'hang', committed });
  await using _ = sandbox;
  await expect(client.setToWaiting(jobId, AbortSignal.timeout(50))).rejects.toThrow('timeout');
  expect(sandbox.requeues(jobId)).toBe(committed ? 1 : 0);
});

test.each([false, true])('a trickling body never ends, committed: %s', async (committed) => {
  const { sandbox, client } = await aFaultyAction({ kind: 'trickle', everyMs: 5, committed });
  await using _ = sandbox;
  const response = await client.setToWaiting(jobId, AbortSignal.timeout(200));
  let bytes = 0;
  const reading = (async () => {
    for await (const chunk of response.body ?? []) bytes += chunk.length;
  })();
  await expect(reading).rejects.toThrow('timeout');
  expect(bytes).toBeGreaterThan(1);
  expect(sandbox.requeues(jobId)).toBe(committed ? 1 : 0);
});

test.each(['first', 'last'] as const)('a delayed answer is the usual one; F&O acts %s', async (acts) => {
  const { sandbox, client } = await aFaultyAction({ kind: 'delay', ms: 50, acts });
  await using _ = sandbox;
  const answering = client.setToWaiting(jobId);
  await vi.waitFor(() => expect(sandbox.requests.at(-1)?.route).toBe('action'), { interval: 1 });
  const early = sandbox.job(jobId).status;
  expect(await (await answering).json()).toMatchObject({ IsSuccess: true });
  expect(early).toBe(acts === 'first' ? 'Waiting' : 'Error');
});

test('a client that gives up on a delayed request does not stop F&O from acting at last', async () => {
  const { sandbox, client } = await aFaultyAction({ kind: 'delay', ms: 60, acts: 'last' });
  await using _ = sandbox;
  await expect(client.setToWaiting(jobId, AbortSignal.timeout(20))).rejects.toThrow('timeout');
  expect(sandbox.requeues(jobId)).toBe(0);
  await expect.poll(() => sandbox.requeues(jobId)).toBe(1);
});

test.each([302, 307] as const)(
  'a %i leads to a login page, which says whether it saw a token',
  async (status) => {
    const { sandbox, client } = await aFaultyAction({ kind: 'redirect', status });
    await using _ = sandbox;
    const response = await client.setToWaiting(jobId);
    expect(response.status).toBe(status);
    const location = response.headers.get('location') ?? '';
    const login = await fetch(location);
    expect([login.status, login.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(sandbox.loginPageSawToken).toBe(false);
    await client.get(location);
    expect(sandbox.loginPageSawToken).toBe(true);
    expect(sandbox.requeues(jobId)).toBe(0);
  },
);

test('faults are meant for a route, a job and a number of times, and come in the order they were added', async () => {
  const { sandbox, client } = await aFaultyAction();
  await using _ = sandbox;
  sandbox.addJob({ jobId: '2', description: 'Other', script: { kind: 'succeed' } });
  sandbox.faults.add({ kind: 'forbidden' }, { on: 'read', jobId: '2' });
  sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'any', times: 2 });
  sandbox.faults.add({ kind: 'server-error' }, { on: 'list', times: Infinity });
  const status = async (path: string): Promise<number> => (await client.get(path)).status;
  expect(await status(`/data/BatchJobs(${jobId})`)).toBe(503);
  expect(await status('/data/BatchJobs(2)')).toBe(403);
  expect(await status('/data/BatchJobs(2)')).toBe(503);
  expect(await status('/data/BatchJobs(2)')).toBe(200);
  expect([await status('/data/BatchJobs'), await status('/data/BatchJobs')]).toEqual([500, 500]);
  sandbox.faults.clear();
  expect(await status('/data/BatchJobs')).toBe(200);
});

test('a request without a good token uses no fault up', async () => {
  const { sandbox, client } = await aFaultyAction({ kind: 'forbidden' });
  await using _ = sandbox;
  sandbox.revokeTokens();
  expect((await client.setToWaiting(jobId)).status).toBe(401);
  const again = await aClient(sandbox);
  expect((await again.setToWaiting(jobId)).status).toBe(403);
});

test('a fault that makes no sense for its route is not added', async () => {
  await using sandbox = await startSandbox();
  expect(() => sandbox.faults.add({ kind: 'refused' }, { on: 'read' })).toThrow('Only the action');
  expect(() => sandbox.faults.add({ kind: 'token-error', status: 500 }, { on: 'any' })).toThrow('on: token');
});
