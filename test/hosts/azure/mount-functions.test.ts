import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { routes } from '../../../src/http/routes.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox-types.ts';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import { failureEvent, nightlyPosting, readAnswer } from '../../helpers/a-service.ts';
import { type FunctionsHost, startFunctionsHost } from '../../helpers/functions-host.ts';
import { everyJob } from '../../helpers/policies.ts';

/** The largest int64. */
const largestJobId = '9223372036854775807';

let sandbox: Sandbox;
let host: FunctionsHost;

beforeAll(async () => {
  sandbox = await startSandbox();
  vi.stubEnv('FNO_ORG_URL', sandbox.orgUrl);
  vi.stubEnv('RETRY_POLICY', JSON.stringify(everyJob));
  vi.stubEnv('STORE', 'sqlite::memory:');
  for (const [name, value] of Object.entries(sandbox.identityEnvironment)) vi.stubEnv(name, value);
  host = await startFunctionsHost(() => import('../../../src/hosts/azure/main.ts'));
  // Loads @azure/identity, which on a busy machine takes longer than an answer may.
  sandbox.addJob({ ...nightlyPosting, jobId: '1' });
  await deliver(await failureEvent({ sandbox, clock: sandbox.clock }, '1'));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await host.close();
  await sandbox.stop();
});

const httpFunctions = () => host.functions.filter(({ trigger }) => trigger.type === 'httpTrigger');

let jobs = 0;
let jobId: string;
beforeEach(() => {
  jobId = String(5_637_144_576 + jobs++);
  sandbox.addJob({ ...nightlyPosting, jobId });
});

test('each route is one function, with its name, address, method and auth level', () => {
  const registered = httpFunctions().map(({ name, trigger: { type, route, methods, authLevel } }) => ({
    name,
    type,
    route,
    methods,
    authLevel,
  }));
  expect(registered).toEqual(
    routes.map(({ name, path, method, auth }) => ({
      name,
      type: 'httpTrigger',
      route: path,
      methods: [method],
      authLevel: auth,
    })),
  );
});

test('with a SQLite store a timer processes due work, others queue what was lost and prune what is old', () => {
  const timers = host.functions.filter(({ trigger }) => trigger.type === 'timerTrigger');
  expect(timers.map(({ name, trigger: { schedule } }) => ({ name, schedule }))).toEqual([
    { name: 'poll-work-queue', schedule: '*/10 * * * * *' },
    { name: 'sweep', schedule: '0 7 * * * *' },
    { name: 'prune-history', schedule: '0 30 3 * * *' },
    { name: 'watch', schedule: '20 */5 * * * *' },
  ]);
});

test('without their settings no function waits for Service Bus or Event Hubs', () => {
  const types = new Set(host.functions.map(({ trigger }) => trigger.type));
  expect([...types]).toEqual(['httpTrigger', 'timerTrigger']);
});

test('only health, ready and the end of a subscription answer a caller without a key', () => {
  const open = httpFunctions().filter(({ trigger }) => trigger.authLevel !== 'function');
  expect(open.map(({ name }) => name)).toEqual(['unsubscribe', 'health', 'ready']);
});

test('the event of a failed job comes in, and the job is set to waiting again', async () => {
  const answer = await deliver(await failureEvent({ sandbox, clock: sandbox.clock }, jobId));

  expect(answer).toMatchObject({
    status: 200,
    body: { decision: 'requeued', jobId, policy: 'Every job', retry: 1 },
  });
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(sandbox.requeues(jobId)).toBe(1);
  expect(sandbox.job(jobId).status).toBe('Waiting');
});

test('a body that is sent in chunks, with no Content-Length, arrives whole', async () => {
  const event = await failureEvent({ sandbox, clock: sandbox.clock }, jobId);
  const sending = request(`${host.url}/business-events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
  });
  for (const character of event) sending.write(character);
  const answered = new Promise<string>((resolve, reject) => {
    sending.once('response', (response) => resolve(text(response)));
    sending.once('error', reject);
  });
  sending.end();

  expect(JSON.parse(await answered)).toMatchObject({ decision: 'requeued', jobId });
  expect(sandbox.requeues(jobId)).toBe(1);
});

test('the largest int64 reaches F&O, the answer and the log digit for digit', async () => {
  sandbox.addJob({ ...nightlyPosting, jobId: largestJobId });
  const { body } = await deliver(await failureEvent({ sandbox, clock: sandbox.clock }, largestJobId));

  expect(body).toMatchObject({ decision: 'requeued', jobId: largestJobId });
  const sent = sandbox.requests.filter(
    ({ route, rawBody }) => route === 'action' && rawBody.includes('9223'),
  );
  expect(sent.map(({ rawBody }) => rawBody)).toEqual([`{"batchJobId":${largestJobId}}`]);
  expect(host.logs.at(-1)?.message).toContain(`"jobId":"${largestJobId}"`);
  expect(await get(`batch-jobs/${largestJobId}`)).toMatchObject({
    status: 200,
    body: { jobId: largestJobId, retriesUsed: 1 },
  });
});

test('what is logged in handling a request belongs to its invocation, also when several are handled at once', async () => {
  const events: string[] = [];
  const ids = Array.from({ length: 6 }, (_, index) => String(7_000_000_001 + index));
  for (const id of ids) {
    sandbox.addJob({ ...nightlyPosting, jobId: id });
    events.push(await failureEvent({ sandbox, clock: sandbox.clock }, id));
  }
  const linesBefore = host.logs.length;
  const invocationsBefore = host.invocations.length;

  await Promise.all(events.map((event) => deliver(event)));

  const lines = host.logs.slice(linesBefore);
  const logged = lines.map(({ message }): unknown => JSON.parse(message));
  expect(logged).toHaveLength(ids.length);
  expect(logged).toEqual(
    expect.arrayContaining(
      ids.map((id) =>
        expect.objectContaining({ decision: 'requeued', jobId: id, description: 'Nightly posting' }),
      ),
    ),
  );
  for (const { level, category, functionName } of lines) {
    expect({ level, category, functionName }).toEqual({
      level: 'information',
      category: 'user',
      functionName: 'business-events',
    });
  }
  const invocations = host.invocations.slice(invocationsBefore).map(({ invocationId }) => invocationId);
  expect(lines.map(({ invocationId }) => String(invocationId)).toSorted()).toEqual(invocations.toSorted());
});

test('a warning is logged to its invocation as a warning', async () => {
  const event = (await failureEvent({ sandbox, clock: sandbox.clock }, jobId)).replace(
    'BatchJobFailedBusinessEvent',
    'SysBatchJobFailedEvent',
  );
  await deliver(event);
  const { invocationId } = host.invocations.at(-1) ?? {};
  const warnings = host.logs.filter((line) => line.level === 'warning');
  expect(warnings).toEqual([
    expect.objectContaining({
      category: 'user',
      invocationId,
      message: expect.stringMatching(/"SysBatchJobFailedEvent".*FAILED_EVENT_ID/),
    }),
  ]);
});

test.each([
  ['1.2 MiB, its length given', 1.2, false],
  ['1.2 MiB in chunks', 1.2, true],
  ['3 MiB, its length given', 3, false],
  ['3 MiB in chunks', 3, true],
  ['16.1 MiB in chunks', 16.1, true],
  ['40 MiB in chunks', 40, true],
  ['20 MiB, its length given', 20, false],
])('a body of %s is answered 413, and the next requests are served', async (_title, mebibytes, isChunked) => {
  const large = Buffer.alloc(mebibytes * 1024 * 1024, ' ');
  expect(await deliver(isChunked ? new Blob([large]).stream() : large)).toMatchObject({
    status: 413,
    body: { type: 'urn:batch-retry:problem:too-large' },
  });
  const event = await failureEvent({ sandbox, clock: sandbox.clock }, jobId);
  expect(await deliver(event)).toMatchObject({ status: 200, body: { decision: 'requeued', jobId } });
  expect(await get('ready')).toMatchObject({ status: 200 });
});

test('an upload that is broken off leaves the app serving, and no rejection unhandled', async () => {
  const sending = request(`${host.url}/business-events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': '1000' },
  });
  const broken = new Promise((resolve) => sending.once('error', resolve));
  sending.write('{"BusinessEventId":');
  const before = host.invocations.length;
  await expect.poll(() => host.invocations.length).toBe(before + 1);
  sending.destroy(new Error('broken off'));
  await broken;

  const event = await failureEvent({ sandbox, clock: sandbox.clock }, jobId);
  expect(await deliver(event)).toMatchObject({ status: 200, body: { decision: 'requeued', jobId } });
});

async function deliver(body: string | Uint8Array | ReadableStream) {
  const headers = { 'content-type': 'application/json' };
  return readAnswer(
    await fetch(`${host.url}/business-events`, {
      method: 'POST',
      headers,
      body,
      ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
    }),
  );
}

async function get(path: string) {
  return readAnswer(await fetch(`${host.url}/${path}`));
}
