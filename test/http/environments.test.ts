import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { testEvent } from '../../src/sandbox/business-events.ts';
import { aService, nightlyPosting, type ServiceSetup } from '../helpers/a-service.ts';
import { anEvent } from '../hosts/an-event.ts';

const jobs: NonNullable<ServiceSetup['jobs']> = [
  nightlyPosting,
  { jobId: '9223372036854775807', description: 'INT orders', script: { kind: 'succeed' } },
];

test('the environments are listed in their order', async () => {
  await using one = await aService();
  expect(await one.get('environments')).toMatchObject({
    status: 200,
    body: { value: [{ name: 'default', orgUrl: one.sandbox.orgUrl }] },
  });

  const prod = 'https://contoso.operations.dynamics.com';
  const uat = 'https://contoso-uat.sandbox.operations.dynamics.com';
  const settings = {
    FNO_ORG_URL: '',
    FNO_ENVIRONMENTS: JSON.stringify({ uat: { orgUrl: uat }, prod: { orgUrl: prod } }),
  };
  await using two = await aService({ settings });
  expect((await two.get('environments')).body).toEqual({
    value: [
      { name: 'uat', orgUrl: uat },
      { name: 'prod', orgUrl: prod },
    ],
  });
});

test("F&O's jobs are listed for a dropdown, those in Error first, with ids as text", async () => {
  await using service = await aService({ jobs });
  await service.sandbox.run(nightlyPosting.jobId);
  expect(await service.get('environments/default/batch-jobs')).toMatchObject({
    status: 200,
    body: {
      value: [
        {
          jobId: '5637144576',
          description: 'Nightly posting',
          status: 'Error',
          legalEntity: 'USMF',
          endedAt: '2026-03-02T01:00:00.000Z',
          title: 'Nightly posting (5637144576, Error)',
        },
        {
          jobId: '9223372036854775807',
          description: 'INT orders',
          status: 'Waiting',
          legalEntity: 'USMF',
          endedAt: null,
          title: 'INT orders (9223372036854775807, Waiting)',
        },
      ],
    },
  });
});

test.each([
  ['?search=int', ['INT orders']],
  ['?search=%20INT%20', ['INT orders']],
  ['?search=5637144576', ['Nightly posting']],
  ['?search=payroll', []],
  ['?search=', ['Nightly posting', 'INT orders']],
  ['?limit=1', ['Nightly posting']],
])('F&O is asked for %s', async (query, expected) => {
  await using service = await aService({ jobs });
  await service.sandbox.run(nightlyPosting.jobId);
  const { body } = await service.get(`environments/Default/batch-jobs${query}`);
  expect(body).toMatchObject({ value: expected.map((description) => ({ description })) });
  expect(body['value']).toHaveLength(expected.length);
});

test.each([
  ['environments/nowhere/batch-jobs', 'unknown-environment'],
  ['environments/default/batch-jobs?limit=201', 'invalid-parameter'],
  [`environments/default/batch-jobs?search=${'x'.repeat(101)}`, 'invalid-parameter'],
])('%s is refused: %s', async (path, kind) => {
  await using service = await aService();
  expect(await service.get(path)).toMatchObject({
    status: 422,
    body: { type: `urn:batch-retry:problem:${kind}` },
  });
});

test.each(['forbidden', 'html', 'reset'] as const)(
  'when F&O does not answer a list (%s), the answer is 503',
  async (kind) => {
    await using service = await aService();
    service.sandbox.faults.add({ kind }, { on: 'list', times: 3 });
    const answer = await service.get('environments/default/batch-jobs');
    expect(answer).toMatchObject({
      status: 503,
      body: {
        type: 'urn:batch-retry:problem:fno-unavailable',
        detail: expect.stringMatching(/^F&O did not list .+\.$/),
      },
    });
  },
);

const policy = { jobs: [{ name: 'All', match: { jobId: '*' }, mode: 'shadow' }] };
const twoEnvironments = (more: object = {}): ServiceSetup => ({
  policy,
  settings: {
    FNO_ORG_URL: '',
    FNO_ENVIRONMENTS: JSON.stringify({
      prod: { orgUrl: 'http://127.0.0.1:1' },
      uat: { orgUrl: 'http://127.0.0.1:2', ...more },
    }),
  },
});
const notNamed = {
  status: 422,
  body: {
    type: 'urn:batch-retry:problem:environment-not-named',
    detail: expect.stringMatching(
      /\(prod, uat\).* \?environment=prod in the address, or set "default": true/,
    ),
  },
};
const twice = (parameter: string) => ({
  type: 'urn:batch-retry:problem:invalid-parameter',
  detail: `${parameter} occurs 2 times in the address; name it once.`,
});
const { jobId } = nightlyPosting;

test('with several environments, an event that names none is refused with what to do', async () => {
  await using service = await aService(twoEnvironments());
  expect(await service.deliver(anEvent())).toMatchObject({
    status: 422,
    body: {
      type: 'urn:batch-retry:problem:environment-not-named',
      detail: expect.stringContaining('name one, such as /business-events/prod or ?environment=prod'),
    },
  });
  expect((await service.deliver(`[${anEvent()},${anEvent()}]`)).status).toBe(422);
  expect((await service.get('batch-jobs')).body).toEqual({ value: [] });
});

test('the test event is refused as a failure would be: F&O then activates no endpoint whose events would be lost', async () => {
  await using service = await aService(twoEnvironments());
  expect(await service.deliver(testEvent.text)).toMatchObject({
    status: 422,
    body: { type: 'urn:batch-retry:problem:environment-not-named' },
  });
  expect((await service.post('business-events/uat', JSON.parse(testEvent.text))).body).toMatchObject({
    decision: 'ignored',
    environment: 'uat',
  });
});

test('unless one of them is the default', async () => {
  await using service = await aService(twoEnvironments({ default: true }));
  expect((await service.deliver(anEvent())).body).toMatchObject({ decision: 'shadow', environment: 'uat' });
  expect(await service.get(`batch-jobs/${jobId}`)).toMatchObject({
    status: 200,
    body: { environment: 'uat' },
  });
  expect(await service.get(`batch-jobs/${jobId}?environment=prod`)).toMatchObject({ status: 404 });
});

test.each([
  ['GET', `batch-jobs/${jobId}`],
  ['GET', `batch-jobs/${jobId}/history`],
  ['POST', `batch-jobs/${jobId}/retry`],
  ['POST', `batch-jobs/${jobId}/set-to-waiting`],
  ['POST', `batch-jobs/${jobId}/reset`],
  ['POST', `batch-jobs/${jobId}/pause`],
  ['POST', `batch-jobs/${jobId}/resume`],
])('with several environments, %s %s needs one to be named', async (method, path) => {
  await using service = await aService(twoEnvironments());
  const ask = (to: string) => (method === 'GET' ? service.get(to) : service.post(to, { reason: 'Test.' }));
  expect(await ask(path)).toMatchObject(notNamed);
  expect((await ask(`${path}?environment=PROD`)).body['type']).not.toBe(notNamed.body.type);
});

test('a message of a broker that names no environment is not taken, unless there is a default', async () => {
  const message = Buffer.from(anEvent());
  await using without = await aService(twoEnvironments());
  expect(await without.service.receiveMessage(message, null)).toMatchObject({
    kind: 'unreadable',
    reason: expect.stringContaining('name one'),
  });
  expect(await without.service.receiveMessage(message, 'prod')).toEqual({ kind: 'taken' });
  await using having = await aService(twoEnvironments({ default: true }));
  expect(await having.service.receiveMessage(message, null)).toEqual({ kind: 'taken' });
});

test.each([
  ['business-events/UAT', 200, { decision: 'shadow', environment: 'uat' }],
  ['business-events/uat?environment=uat', 200, { environment: 'uat' }],
  ['business-events/uat?event=finished', 200, { decision: 'ignored', environment: 'uat' }],
  ['business-events/nowhere', 422, { type: 'urn:batch-retry:problem:unknown-environment' }],
  ['business-events/uat?environment=prod', 422, { type: 'urn:batch-retry:problem:invalid-parameter' }],
  ['business-events?environment=uat&environment=prod', 422, twice('environment')],
  ['business-events?environment=uat&Environment=uat', 422, twice('environment')],
  ['business-events?Environment=uat', 200, { environment: 'uat' }],
  ['business-events/uat?event=failed&event=finished', 422, twice('event')],
])('the path names the environment: %s', async (path, status, body) => {
  await using service = await aService(twoEnvironments());
  expect(await service.post(path, JSON.parse(anEvent()))).toMatchObject({ status, body });
});

test('a list whose next page lies elsewhere comes with a warning', async () => {
  const page = { value: [], '@odata.nextLink': 'https://example.org/data/BatchJobs' };
  const fno = createServer((_request, response) => response.end(JSON.stringify(page)));
  fno.listen(0, '127.0.0.1');
  await once(fno, 'listening');
  onTestFinished(() => void fno.close());
  const address = fno.address();
  const port = typeof address === 'object' ? address?.port : '';
  await using service = await aService({ settings: { FNO_ORG_URL: `http://127.0.0.1:${port}` } });
  expect(await service.get('environments/default/batch-jobs')).toMatchObject({
    status: 200,
    body: {
      value: [],
      warning: expect.stringContaining('leads to https://example.org, and the service did not follow it.'),
    },
  });
  fno.closeAllConnections();
});
