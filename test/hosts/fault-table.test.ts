import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox-types.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { failureEvent, nightlyPosting, readAnswer, type ServiceSetup } from '../helpers/a-service.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { type BothHosts, type Host, startBothHosts } from './both-hosts.ts';
import { readRows, readTroubles, requestRows, requestTroubles, type Trouble } from './fault-table.ts';

const { jobId } = nightlyPosting;

let hosts: BothHosts;
let tenant: Sandbox;
beforeAll(async () => {
  [hosts, tenant] = await Promise.all([startBothHosts(), startSandbox()]);
});
afterAll(() => Promise.all([hosts.close(), tenant.stop()]));

test('the tables have a row for each fault', () => {
  expect(namesOf(requestRows)).toEqual(new Set(Object.keys(requestTroubles)));
  expect(namesOf(readRows)).toEqual(new Set(Object.keys(readTroubles)));
});

test.each(requestRows)('both hosts, on a request that meets %s: %s', async (name = '', ...cells) => {
  const { onNode, onAzure } = await playRow(requestTroubles[name] ?? null, cells[4]);
  expect(onNode).toEqual(cells);
  expect(onAzure).toEqual(cells);
});

test.each(readRows)('both hosts, on a read that meets %s: %s', async (name = '', ...cells) => {
  const { onNode, onAzure } = await playRow(readTroubles[name] ?? null, cells[4]);
  expect(onNode).toEqual(cells);
  expect(onAzure).toEqual(cells);
});

function namesOf(rows: readonly string[][]): Set<string | undefined> {
  return new Set(rows.map(([name]) => name));
}

async function playRow(trouble: Trouble | null, expectedNext: string | undefined) {
  await using setup = await setUp(trouble);
  return await hosts.onBoth(setup.service, (host) => play(host, trouble, expectedNext));
}

/** The cells of one row, as they come to be. */
async function play(host: Host, trouble: Trouble | null, expectedNext = '0'): Promise<string[]> {
  const { sandbox, clock } = host.service;
  if (!(clock instanceof ManualClock)) throw new Error('The clock is not set by hand.');
  const event = await failureEvent(host.service);
  const startedAt = clock.now().getTime();
  const since = (instant: unknown) => seconds(Date.parse(String(instant)) - startedAt);
  await begin(sandbox, trouble);

  const on = trouble?.on ?? 'action';
  const asked = on === 'token' ? tenant : sandbox;
  const seen = asked.requests.length;
  const answering = deliver(host, event);
  if (isEndless(trouble)) {
    await vi.waitUntil(() => asked.requests.slice(seen).some(({ route }) => route === on), { interval: 5 });
    await clock.advance(askingMs);
  }
  const { status, body } = await answering;
  expect(clock.now().getTime() - startedAt).toBeLessThan(8000);
  expect(body['reason']).toMatch(trouble?.says ?? /./);
  const first = [`${status} ${String(body['decision'])}`, await budget(host), got(sandbox)];
  const due = typeof body['dueAt'] === 'string' ? since(body['dueAt']) : '-';

  await end(sandbox, trouble);
  const before = { requests: sandbox.requests.length, entries: (await history(host)).length };
  const isNew = async () =>
    sandbox.requests.slice(before.requests).some(({ route }) => route !== 'token') ||
    (await history(host)).length > before.entries;
  let next = '-';
  for (const at of instants(Number(expectedNext))) {
    await clock.advance(startedAt + at * 1000 - clock.now().getTime());
    await host.pollWork();
    if (await isNew()) next = seconds(clock.now().getTime() - startedAt);
    if (next !== '-') break;
  }
  const [newest] = await history(host);
  expect(sandbox.requeues(jobId)).toBe(Number(await budget(host)));
  expect(sandbox.loginPageSawToken).toBe(false);
  const then = [got(sandbox, before.requests), String(newest?.decision), await budget(host)];
  return [...first, due, next, ...then];
}

/** When what was decided is read; right before, and at, the time that is expected; then each quarter of an hour. */
function instants(expected: number): number[] {
  const later = Array.from({ length: 48 }, (_, index) => expected + 900 * (index + 1));
  return [2, expected - 0.3, expected, ...later];
}

/** The part of the time for an answer in which F&O is called, in ms. */
const askingMs = 4000;

function isEndless(trouble: Trouble | null): boolean {
  const fault = trouble?.fault;
  return typeof fault === 'object' && (fault.kind === 'hang' || fault.kind === 'trickle');
}

async function begin(sandbox: Sandbox, trouble: Trouble | null): Promise<void> {
  if (trouble?.fault === 'down') return sandbox.goDown();
  if (!trouble || trouble.fault === 'untrusted') return;
  const on = trouble.on ?? 'action';
  (on === 'token' ? tenant : sandbox).faults.add(trouble.fault, { on, times: trouble.times ?? 1 });
}

async function end(sandbox: Sandbox, trouble: Trouble | null): Promise<void> {
  if (trouble?.fault === 'down') await sandbox.comeUp();
  if (!trouble?.lasts) for (const { faults } of [sandbox, tenant]) faults.clear();
}

/** The token endpoint is the tenant's, so that it is there while F&O is down. */
async function setUp(trouble: Trouble | null): Promise<AsyncDisposable & { service: ServiceSetup }> {
  const service: ServiceSetup = { sandbox: { identity: tenant.identity } };
  if (trouble?.fault !== 'untrusted') return { service, [Symbol.asyncDispose]: () => Promise.resolve() };
  const server = createServer({ key: pem('key'), cert: pem('cert') }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    service: { ...service, settings: { FNO_ORG_URL: `https://localhost:${port}` } },
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}

async function deliver({ url }: Host, body: string) {
  const headers = { 'content-type': 'application/json' };
  return readAnswer(await fetch(`${url}/business-events`, { method: 'POST', headers, body }));
}

/** What came to F&O, in order; the status is what is read of a job. */
function got({ requests }: Sandbox, from = 0): string {
  const routes = requests.slice(from).flatMap(({ route }) => (route === 'token' ? [] : [route]));
  return routes.map((route) => (route === 'read' ? 'status' : route)).join(' ') || '-';
}

async function budget({ url }: Host): Promise<string> {
  const { body } = await readAnswer(await fetch(`${url}/batch-jobs/${jobId}`));
  return String(body['retriesUsed']);
}

/** The newest first. */
async function history({ url }: Host): Promise<{ decision: string }[]> {
  const { value }: { value: { decision: string }[] } = JSON.parse(
    await (await fetch(`${url}/batch-jobs/${jobId}/history`)).text(),
  );
  return value;
}

function seconds(ms: number): string {
  return String(Math.round(ms / 100) / 10);
}

function pem(name: 'key' | 'cert'): string {
  return readFileSync(new URL(`../fixtures/self-signed/${name}.pem`, import.meta.url), 'utf8');
}
