import { afterAll, beforeAll, expect, test } from 'vitest';
import { listen, type NodeHost } from '../../src/hosts/node.ts';
import { type Ledger, LedgerUnavailable } from '../../src/ports/ledger.ts';
import { testEvent } from '../../src/sandbox/business-events.ts';
import type { Service } from '../../src/service.ts';
import { aService, nightlyPosting, type ServiceSetup, type TestService } from '../helpers/a-service.ts';
import { anEvent, eventId } from './an-event.ts';
import { type BothHosts, startBothHosts } from './both-hosts.ts';

type Sent = {
  method?: string;
  path: string;
  contentType?: string | null;
  body?: string | Uint8Array | ReadableStream;
};
type Answered = { status: number; contentType: string | null; retryAfter: string | null; body: string };
type Row = [
  title: string,
  expected: { status: number; body?: unknown },
  send: (sent: (request: Sent) => Promise<Answered>, service: TestService) => Promise<Answered>,
  setup?: ServiceSetup,
];

const { jobId } = nightlyPosting;
const path = 'business-events';
const event = anEvent();
const callbackUrl = 'https://prod-01.westeurope.logic.azure.com:443/workflows/1?sig=x';

const lost = () => Promise.reject(new LedgerUnavailable('disk I/O error'));
const lostLedger: Ledger = {
  read: lost,
  write: lost,
  updateEnvironment: lost,
  list: lost,
  history: lost,
  forget: lost,
};
const broken = () => Promise.reject(new TypeError('secret-of-the-inside is not a function'));
const brokenLedger: Ledger = {
  read: broken,
  write: broken,
  updateEnvironment: broken,
  list: broken,
  history: broken,
  forget: broken,
};

const jobIds = ['-9223372036854775808', '10', '5637144576', '9', '9223372036854775807'];
const fiveJobs: ServiceSetup = {
  jobs: jobIds.map((id) => ({ ...nightlyPosting, jobId: id })),
};
/** What came of a failure of each of the five jobs. */
async function fiveFailures(sent: (request: Sent) => Promise<Answered>, { sandbox }: TestService) {
  for (const [index, id] of jobIds.entries()) {
    await sandbox.run(id);
    await sent({ path, body: anEvent({ JobId: id, EventId: `"${eventId(index)}"` }) });
  }
}

const rows: Row[] = [
  // 200: a final decision
  [
    'a failure that is requeued',
    { status: 200, body: { decision: 'requeued', retry: 1, dueAt: null } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      return sent({ path, body: event });
    },
  ],
  [
    'a duplicate',
    { status: 200, body: { decision: 'duplicate', jobId } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      await sent({ path, body: event });
      return sent({ path, body: event });
    },
  ],
  [
    'a failure after the budget is used up',
    { status: 200, body: { decision: 'exhausted', maxRetries: 1 } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      await sent({ path, body: event });
      await sandbox.run(jobId);
      return sent({
        path,
        body: anEvent({
          EventId: `"${eventId(2)}"`,
          ControlNumber: '68719932300',
          JobEndUtcDateTime: 'null',
        }),
      });
    },
    { policy: { jobs: [{ name: 'Once', match: { jobId: '*' }, maxRetries: 1 }] } },
  ],
  [
    'an old event of a job that is not in Error any more',
    { status: 200, body: { decision: 'superseded' } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      await sent({ path, body: event });
      return sent({ path, body: anEvent({ EventId: `"${eventId(2)}"`, ControlNumber: '68719932000' }) });
    },
  ],
  [
    'a failure that F&O refuses to requeue',
    { status: 200, body: { decision: 'refused' } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      sandbox.faults.add({ kind: 'refused', message: 'Batch group is closed' }, { on: 'action' });
      return sent({ path, body: event });
    },
  ],
  [
    'a failure under a policy that only looks on',
    { status: 200, body: { decision: 'shadow' } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      return sent({ path, body: event });
    },
    { policy: { jobs: [{ name: 'Looks on', match: { jobId: '*' }, mode: 'shadow' }] } },
  ],
  [
    'a failure of a job that no entry lists',
    { status: 200, body: { decision: 'ignored', reason: 'No policy entry lists this job.' } },
    (sent) => sent({ path, body: event }),
    { policy: { jobs: [{ name: 'Another', match: { jobId: ['1'] } }] } },
  ],
  [
    'the test event of an activation',
    { status: 200, body: { decision: 'ignored', eventId: testEvent.eventId } },
    (sent) => sent({ path, body: testEvent.text }),
  ],
  [
    'an event of something other than a batch job',
    { status: 200, body: { decision: 'ignored' } },
    (sent) => sent({ path, body: '{"BusinessEventId":"VendPaymentPosted","EventId":"x"}' }),
  ],
  // 202: something is still to come
  [
    'a failure while F&O throttles',
    { status: 202, body: { decision: 'deferred', dueAt: '2026-03-02T01:02:00.000Z' } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      sandbox.faults.add({ kind: 'throttled', retryAfter: 120 }, { on: 'action' });
      return sent({ path, body: event });
    },
  ],
  [
    'a second delivery of what was put off',
    { status: 202, body: { decision: 'duplicate', dueAt: '2026-03-02T01:02:00.000Z' } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      sandbox.faults.add({ kind: 'throttled', retryAfter: 120 }, { on: 'action' });
      await sent({ path, body: event });
      return sent({ path, body: event });
    },
  ],
  // 400
  [
    'an empty body',
    { status: 400, body: { detail: 'The body is empty.' } },
    (sent) => sent({ path, body: '' }),
  ],
  ['text that is no JSON', { status: 400 }, (sent) => sent({ path, body: '<html></html>' })],
  ['a body that is cut', { status: 400 }, (sent) => sent({ path, body: event.slice(0, -10) })],
  [
    'a body that is not UTF-8',
    { status: 400, body: { detail: 'The body is not UTF-8.' } },
    (sent) => sent({ path, body: Uint8Array.of(0x22, 0xff, 0x22) }),
  ],
  ['a key that is given twice', { status: 400 }, (sent) => sent({ path, body: '{"JobId":1,"JobId":2}' })],
  [
    'a hundred thousand brackets',
    { status: 400, body: { detail: 'It is nested too deeply.' } },
    (sent) => sent({ path, body: '['.repeat(100_000) }),
  ],
  // 413
  ['a body over 1 MiB', { status: 413 }, (sent) => sent({ path, body: ' '.repeat(1024 * 1024 + 1) })],
  [
    'more events than are taken at once',
    { status: 413 },
    (sent) => sent({ path, body: `[${'{},'.repeat(5000)}{}]` }),
  ],
  // 415
  [
    'a form',
    { status: 415 },
    (sent) => sent({ path, body: event, contentType: 'application/x-www-form-urlencoded' }),
  ],
  ['plain text', { status: 415 }, (sent) => sent({ path, body: event, contentType: 'text/plain' })],
  [
    'no Content-Type',
    { status: 415, body: { detail: 'The request has no Content-Type; expected application/json.' } },
    (sent) => sent({ path, body: Buffer.from(event), contentType: null }),
  ],
  [
    'a media type that ends in +json',
    { status: 200 },
    (sent) =>
      sent({ path, body: testEvent.text, contentType: 'application/cloudevents+json; charset=UTF-8' }),
  ],
  // 422
  ['JSON that is no object', { status: 422 }, (sent) => sent({ path, body: '7' })],
  [
    'an object that is no business event',
    { status: 422, body: { errors: [{ pointer: '/BusinessEventId' }] } },
    (sent) => sent({ path, body: '{}' }),
  ],
  [
    'an event that breaks its schema',
    { status: 422, body: { errors: [{ pointer: '/EventId' }, { pointer: '/JobId' }] } },
    (sent) => sent({ path, body: anEvent({ JobId: '"5637144576"', EventId: '"no-guid"' }) }),
  ],
  [
    'a job id beyond 64 bits',
    { status: 422, body: { errors: [{ pointer: '/JobId' }] } },
    (sent) => sent({ path, body: anEvent({ JobId: '9223372036854775808' }) }),
  ],
  [
    'an environment that is not configured',
    { status: 422, body: { type: 'urn:batch-retry:problem:unknown-environment' } },
    (sent) => sent({ path: `${path}?environment=nowhere`, body: event }),
  ],
  [
    'an environment in other letters',
    { status: 200, body: { decision: 'ignored', environment: 'default' } },
    (sent) => sent({ path: `${path}?environment=DEFAULT`, body: testEvent.text }),
  ],
  // 500 and 503
  [
    'a bug',
    { status: 500, body: { detail: 'The cause is in the log of the service.' } },
    (sent) => sent({ path, body: event }),
    { wrapLedger: () => brokenLedger },
  ],
  [
    'a store that cannot be reached',
    { status: 503 },
    (sent) => sent({ path, body: event }),
    { wrapLedger: () => lostLedger },
  ],
  [
    'readiness without a store',
    { status: 503 },
    (sent) => sent({ path: 'ready' }),
    { wrapLedger: () => lostLedger },
  ],
  [
    'health without a store',
    { status: 200, body: { status: 'alive' } },
    (sent) => sent({ path: 'health' }),
    { wrapLedger: () => lostLedger },
  ],
  // Arrays
  ['an empty array', { status: 200, body: [] }, (sent) => sent({ path, body: '[]' })],
  [
    'an array of good events',
    { status: 200, body: [{ decision: 'requeued' }, { decision: 'ignored' }] },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      return sent({ path, body: `[${event},${testEvent.text}]` });
    },
  ],
  [
    'an array of bad events',
    { status: 422, body: { errors: [{ pointer: '/0' }, { pointer: '/1/BusinessEventId' }] } },
    (sent) => sent({ path, body: '[1,{}]' }),
  ],
  [
    'an array of good and bad events',
    { status: 200, body: [{ status: 422 }, { decision: 'requeued' }, { status: 422 }] },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      return sent({ path, body: `[{},${event},"x"]` });
    },
  ],
  [
    'an array in which one failure is put off',
    { status: 202, body: [{ decision: 'ignored' }, { decision: 'deferred' }] },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      sandbox.faults.add({ kind: 'throttled', retryAfter: null }, { on: 'action' });
      return sent({ path, body: `[${testEvent.text},${event}]` });
    },
  ],
  [
    'an array while the store cannot be reached',
    { status: 503 },
    (sent) => sent({ path, body: `[${testEvent.text},${event}]` }),
    { wrapLedger: () => lostLedger },
  ],
  // Reading
  [
    'the list of jobs before any came',
    { status: 200, body: { value: [] } },
    (sent) => sent({ path: 'batch-jobs' }),
  ],
  [
    'one job',
    { status: 200, body: { jobId: '-9223372036854775808', retriesUsed: 1 } },
    async (sent, service) => {
      await fiveFailures(sent, service);
      return sent({ path: 'batch-jobs/-9223372036854775808' });
    },
    fiveJobs,
  ],
  [
    'one job by an id in percent-encoding',
    { status: 200, body: { jobId } },
    async (sent, service) => {
      await fiveFailures(sent, service);
      return sent({ path: `batch-jobs/%35637144576?environment=Default` });
    },
    fiveJobs,
  ],
  [
    'the history of a job',
    { status: 200, body: { value: [{ decision: 'requeued', eventId: eventId(1) }] } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      await sent({ path, body: event });
      return sent({ path: `batch-jobs/${jobId}/history` });
    },
  ],
  [
    'the history of a job that is not known',
    { status: 200, body: { value: [] } },
    (sent) => sent({ path: 'batch-jobs/77/history' }),
  ],
  [
    'a job that is not known',
    { status: 404, body: { type: 'urn:batch-retry:problem:not-found' } },
    (sent) => sent({ path: 'batch-jobs/77' }),
  ],
  ['a job id that is none', { status: 422 }, (sent) => sent({ path: 'batch-jobs/Nightly%20posting' })],
  [
    'a job id beyond 64 bits in the path',
    { status: 422 },
    (sent) => sent({ path: 'batch-jobs/9223372036854775808/history' }),
  ],
  ['a limit of 0', { status: 422 }, (sent) => sent({ path: 'batch-jobs?limit=0' })],
  ['a limit of 201', { status: 422 }, (sent) => sent({ path: 'batch-jobs?limit=201' })],
  [
    'a limit that is no number',
    { status: 422 },
    (sent) => sent({ path: `batch-jobs/${jobId}/history?limit=ten` }),
  ],
  ['a page that no link gave', { status: 422 }, (sent) => sent({ path: 'batch-jobs?after=5' })],
  [
    'a page of history that no link gave',
    { status: 422 },
    (sent) => sent({ path: `batch-jobs/${jobId}/history?before=%20` }),
  ],
  [
    'jobs of an environment that is not configured',
    { status: 422 },
    (sent) => sent({ path: 'batch-jobs?environment=nowhere' }),
  ],
  // For the connector
  [
    'the environments',
    { status: 200, body: { value: [{ name: 'default' }] } },
    (sent) => sent({ path: 'environments' }),
  ],
  [
    "F&O's jobs, those in Error first",
    { status: 200, body: { value: [{ jobId: '9', status: 'Error' }, {}, {}, {}, {}] } },
    async (sent, { sandbox }) => {
      await sandbox.run('9');
      return sent({ path: 'environments/default/batch-jobs' });
    },
    fiveJobs,
  ],
  [
    "F&O's jobs by a search with signs and letters of all kinds",
    { status: 200, body: { value: [{ jobId, title: `Größe & 50% (${jobId}, Waiting)` }] } },
    (sent) => sent({ path: `environments/DEFAULT/batch-jobs?search=${encodeURIComponent('größe & 5')}` }),
    { jobs: [{ ...nightlyPosting, description: 'Größe & 50%' }] },
  ],
  [
    "F&O's jobs while it is not available",
    { status: 503, body: { type: 'urn:batch-retry:problem:fno-unavailable' } },
    (sent, { sandbox }) => {
      sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'list' });
      return sent({ path: 'environments/default/batch-jobs' });
    },
  ],
  [
    'a subscription',
    { status: 201, body: { events: ['exhausted'], environment: null, jobId: null } },
    (sent) => sent({ path: 'subscriptions/exhausted', body: JSON.stringify({ callbackUrl }) }),
  ],
  [
    'a subscription to an address that may not be called',
    { status: 422, body: { type: 'urn:batch-retry:problem:invalid-callback' } },
    (sent) => sent({ path: 'subscriptions', body: '{"callbackUrl":"https://10.0.0.1/"}' }),
  ],
  [
    'a policy on what is recorded',
    { status: 200, body: { failures: 1, jobs: [{ jobId, requeued: 1, wouldRequeue: 0, wouldIgnore: 1 }] } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      await sent({ path, body: event });
      return sent({ path: 'policy/preview', body: '{"policy":{"jobs":[]}}' });
    },
  ],
  [
    'a policy that is not valid',
    { status: 422, body: { errors: [{ pointer: '/policy/jobs' }] } },
    (sent) => sent({ path: 'policy/preview', body: '{"policy":{}}' }),
  ],
  ['readiness', { status: 200, body: { status: 'ready' } }, (sent) => sent({ path: 'ready' })],
];

let hosts: BothHosts;
beforeAll(async () => {
  hosts = await startBothHosts();
});
afterAll(() => hosts.close());

function listenOn(service: Service, functionKey: string | null = null): Promise<NodeHost> {
  return listen(service, { host: '127.0.0.1', port: 0, functionKey });
}

async function ask(url: string, { method, path, contentType, body }: Sent): Promise<Answered> {
  const response = await fetch(path.startsWith('http') ? path : `${url}/${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: contentType === null ? {} : { 'content-type': contentType ?? 'application/json' },
    ...(body === undefined ? {} : { body }),
  });
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    retryAfter: response.headers.get('retry-after'),
    body: (await response.text()).replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:port'),
  };
}

test.each(rows)('both hosts answer the same: %s', async (_title, expected, send, setup) => {
  const { onNode, onAzure } = await hosts.onBoth(setup, ({ url, service }) =>
    send((request) => ask(url, request), service),
  );

  expect(onAzure).toEqual(onNode);
  const isProblem = expected.status >= 400;
  expect({ ...onNode, body: JSON.parse(onNode.body) }).toMatchObject({
    contentType: isProblem ? 'application/problem+json' : 'application/json',
    retryAfter: expected.status === 503 ? '5' : null,
    ...expected,
    ...(isProblem ? { body: { status: expected.status, ...Object(expected.body) } } : {}),
  });
  expect(onNode.body).not.toContain('secret-of-the-inside');
});

test.each([
  ['jobs', 'batch-jobs?limit=2', [2, 2, 1]],
  ['the jobs of an environment', 'batch-jobs?environment=default&limit=4', [4, 1]],
  ['jobs that fill their last page', 'batch-jobs?limit=5', [5]],
  ['history', `batch-jobs/${jobId}/history?limit=1`, [1, 1, 1]],
])('both hosts page through %s to the end by the same links', async (_title, first, sizes) => {
  const { onNode, onAzure } = await hosts.onBoth(fiveJobs, async ({ url, service }) => {
    await fiveFailures((request) => ask(url, request), service);
    for (const number of [20, 21]) {
      await service.sandbox.run(jobId);
      const fields = {
        EventId: `"${eventId(number)}"`,
        ControlNumber: `6872000${number}`,
        JobEndUtcDateTime: 'null',
      };
      await ask(url, { path, body: anEvent(fields) });
    }
    return pagesFrom(url, first);
  });

  expect(onAzure).toEqual(onNode);
  expect(onNode.map(({ value }) => value.length)).toEqual(sizes);
  const values = onNode.flatMap(({ value }) => value.map((one) => JSON.stringify(one)));
  expect(new Set(values).size).toBe(sizes.reduce((sum, size) => sum + size));
});

async function pagesFrom(url: string, first: string) {
  const pages: { value: unknown[]; nextLink?: string }[] = [];
  for (let next: string | undefined = `${url}/${first}`; next !== undefined && pages.length < 10;) {
    const response = await fetch(next);
    const page: { value: unknown[]; nextLink?: string } = JSON.parse(await response.text());
    next = page.nextLink;
    pages.push(next === undefined ? page : { ...page, nextLink: next.replace(url, 'url') });
  }
  return pages;
}

test('a link to the next page leads to the host that gave it, and carries no key', async () => {
  const { onNode, onAzure } = await hosts.onBoth(fiveJobs, async ({ url, service }) => {
    await fiveFailures((request) => ask(url, request), service);
    const response = await fetch(`${url}/batch-jobs?limit=4&code=hunter2`);
    const { nextLink }: { nextLink: string } = JSON.parse(await response.text());
    return nextLink.replace(url, 'url');
  });
  expect(onNode).toMatch(/^url\/batch-jobs\?limit=4&after=default%2F\d+$/);
  expect(onAzure).toBe(onNode);
});

test('both hosts end a subscription by the address that it was given, without a key, also twice', async () => {
  const { onNode, onAzure } = await hosts.onBoth(undefined, async ({ url, service: { subscriptions } }) => {
    const body = JSON.stringify({ callbackUrl });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/subscriptions?code=hunter2`, { method: 'POST', headers, body });
    const location = response.headers.get('location') ?? '';
    const kept = [(await subscriptions.list()).length];
    const ended: unknown[] = [];
    for (let times = 0; times < 2; times++) {
      const { status, body: empty } = await fetch(location, { method: 'DELETE' });
      ended.push([status, empty]);
      kept.push((await subscriptions.list()).length);
    }
    return { location: location.replace(url, 'url'), ended, kept };
  });
  expect(onNode).toEqual({
    location: expect.stringMatching(/^url\/subscriptions\/[\w-]+$/),
    ended: [
      [204, null],
      [204, null],
    ],
    kept: [1, 0, 0],
  });
  expect(onAzure).toEqual({ ...onNode, location: expect.stringMatching(/^url\/subscriptions\/[\w-]+$/) });
});

test.each([
  ['GET', 'business-event'],
  ['GET', ''],
  ['GET', 'batch-jobs/5637144576/history/1'],
  ['GET', 'business-events'],
  ['DELETE', 'batch-jobs/5637144576'],
])(
  'both hosts answer %s of /api/%s with 404, and on Azure the platform answers, without our body',
  async (method, path) => {
    const { onNode, onAzure } = await hosts.onBoth(undefined, ({ url }) => ask(url, { method, path }));
    expect(onNode).toMatchObject({ status: 404, contentType: 'application/problem+json' });
    expect(onNode.body).toContain(`There is no ${method} /api`);
    expect(onAzure.status).toBe(404);
  },
);

test.each([
  ['no key', {}, '', 401],
  ['a wrong key in the header', { 'x-functions-key': 'hunter3' }, '', 401],
  ['a key that begins like the right one', { 'x-functions-key': 'hunter' }, '', 401],
  ['a wrong key in the query', {}, '?code=hunter3', 401],
  ['an empty key', { 'x-functions-key': '' }, '?code=', 401],
  ['the key in the header', { 'x-functions-key': 'hunter 2/' }, '', 200],
  ['the key in the query', {}, `?code=${encodeURIComponent('hunter 2/')}`, 200],
])('the local host with FUNCTION_KEY answers %s as Azure would', async (_title, headers, query, status) => {
  await using service = await aService();
  const host = await listenOn(service.service, 'hunter 2/');
  try {
    const response = await fetch(`${host.url}/business-events${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: testEvent.text,
    });
    const body: unknown = await response.json();
    expect({ status: response.status, body }).toMatchObject(
      status === 200
        ? { status, body: { decision: 'ignored' } }
        : { status, body: { type: 'urn:batch-retry:problem:unauthorized', status } },
    );
    expect(JSON.stringify(body)).not.toContain('hunter');
  } finally {
    await host.close();
  }
});

test('the local host with FUNCTION_KEY asks for it on every route but those that need none', async () => {
  await using service = await aService();
  const host = await listenOn(service.service, 'hunter2');
  try {
    const answers = await Promise.all(
      service.service.routes.map(async ({ name, method, path }) => {
        const { status } = await fetch(`${host.url}/${path.replace('{jobId}', jobId)}`, { method });
        return [name, status];
      }),
    );
    const open = answers.filter(([, status]) => status !== 401);
    expect(open).toEqual([
      ['unsubscribe', 204],
      ['health', 200],
      ['ready', 200],
    ]);
    expect(answers.length).toBeGreaterThan(open.length);
  } finally {
    await host.close();
  }
});
