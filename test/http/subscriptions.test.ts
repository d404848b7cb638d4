import { expect, test } from 'vitest';
import { healthy } from '../../src/ports/subscriptions.ts';
import { aService, failureEvent, nightlyPosting } from '../helpers/a-service.ts';
import { startCallbackServer } from '../helpers/callback-server.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { everyJob } from '../helpers/policies.ts';

const callbackUrl = 'https://prod-01.westeurope.logic.azure.com:443/workflows/1?sp=%2Fx&sig=a-secret';
const { jobId } = nightlyPosting;
const all = [
  'exhausted',
  'requeued',
  'recovered',
  'needs-attention',
  'cause',
  'long-running',
  'late',
  'too-short',
];

test('who subscribes gets an address for unsubscribing, under the host that was asked, without the key', async () => {
  await using service = await aService();
  const answer = await service.post('subscriptions?code=hunter2', { callbackUrl, events: ['exhausted'] });
  expect(answer.status).toBe(201);
  expect(answer.body).toEqual({
    id: expect.any(String),
    events: ['exhausted'],
    environment: null,
    jobId: null,
  });
  expect(answer.headers.get('location')).toBe(
    `http://127.0.0.1/api/subscriptions/${String(answer.body['id'])}`,
  );
  expect(await service.subscriptions.list()).toEqual([
    { ...answer.body, callbackUrl, createdAt: service.clock.now(), ...healthy },
  ]);
});

test.each(all)('%s has a path of its own', async (event) => {
  await using service = await aService();
  const answer = await service.post(`subscriptions/${event}`, { callbackUrl });
  expect(answer).toMatchObject({ status: 201, body: { events: [event] } });
  expect(answer.headers.get('location')).toBe(
    `http://127.0.0.1/api/subscriptions/${String(answer.body['id'])}`,
  );
});

test.each([
  [{}, { events: all, environment: null, jobId: null }],
  [
    { events: null, environment: null, jobId: null },
    { events: all, environment: null, jobId: null },
  ],
  [
    { environment: '', jobId: '' },
    { environment: null, jobId: null },
  ],
  [
    { environment: 'DEFAULT', jobId: '9223372036854775807' },
    { environment: 'default', jobId: '9223372036854775807' },
  ],
])('a subscription with the filters %j is %j', async (filters, expected) => {
  await using service = await aService();
  expect(await service.post('subscriptions', { callbackUrl, ...filters })).toMatchObject({
    status: 201,
    body: expected,
  });
});

test.each([
  [{}, '/callbackUrl', 'is required'],
  [{ callbackUrl: 5 }, '/callbackUrl', 'must be string'],
  [{ callbackUrl, events: [] }, '/events', 'must NOT have fewer than 1 items'],
  [{ callbackUrl, events: ['failed'] }, '/events/0', `must be one of ${all.join(', ')}`],
  [{ callbackUrl, enviroment: 'prod' }, '/enviroment', 'is not known here'],
  [{ callbackUrl, jobId: 5637144576 }, '/jobId', 'must be string,null'],
  [{ callbackUrl, jobId: '9223372036854775808' }, '/jobId', 'must be a whole number of 64 bits'],
  [{ callbackUrl, jobId: 'Nightly posting' }, '/jobId', 'must be a whole number of 64 bits'],
])('the body %j is refused with the place that is wrong', async (body, pointer, message) => {
  await using service = await aService();
  expect(await service.post('subscriptions', body)).toMatchObject({
    status: 422,
    body: { type: 'urn:batch-retry:problem:invalid-body', errors: [{ pointer, message }] },
  });
  expect(await service.subscriptions.list()).toEqual([]);
});

test('an environment that is not configured, and an event that there is not, are refused', async () => {
  await using service = await aService();
  expect(await service.post('subscriptions', { callbackUrl, environment: 'uat' })).toMatchObject({
    status: 422,
    body: { type: 'urn:batch-retry:problem:unknown-environment' },
  });
  expect(await service.post('subscriptions/failed', { callbackUrl })).toMatchObject({
    status: 404,
    body: { detail: expect.stringContaining('exhausted, requeued, recovered, needs-attention') },
  });
});

test.each([
  'http://127.0.0.1:8080/',
  'https://127.0.0.1/',
  'https://169.254.169.254/metadata/instance?api-version=2021-02-01',
  'https://10.0.0.1/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://１２７.0.0.1/',
  'https://localhost/',
  'https://a.logic.azure.com@127.0.0.1/',
  'https://127.0.0.1#@a.logic.azure.com/',
  'https://a.logic.azure.com./',
  'https://a.logic%2eazure.com/',
  'https://a.logic.azure.com:8443/',
  'https://logic.azure.com.example.com/?sig=a-secret',
  'https://rebinds.logic.azure.com/?sig=a-secret',
])('the callback address %s is refused with a reason, and nothing is kept', async (address) => {
  await using service = await aService({ resolve: toThisMachine });
  const answer = await service.post('subscriptions/exhausted', { callbackUrl: address });
  expect(answer).toMatchObject({
    status: 422,
    body: {
      type: 'urn:batch-retry:problem:invalid-callback',
      detail: expect.stringMatching(/^(It|Its host) .{10,}\.$/),
      errors: [{ pointer: '/callbackUrl', message: 'may not be called' }],
    },
  });
  expect(JSON.stringify(answer.body)).not.toContain('a-secret');
  expect(await service.subscriptions.list()).toEqual([]);
});

test('a subscription gets what it asked for until it is removed, which its id alone is enough for, also twice', async () => {
  await using server = await startCallbackServer();
  const policy = { defaults: { maxRetries: 1 }, ...everyJob };
  await using service = await aService({ policy, settings: { CALLBACK_HOSTS: server.origin } });
  const { clock } = service;
  if (!(clock instanceof ManualClock)) throw new Error('Its clock is not the test’s.');
  const { body } = await service.post('subscriptions/requeued', {
    callbackUrl: `${server.origin}/flow`,
    jobId,
  });
  await service.deliver(await failureEvent(service));
  await clock.advance(5000);
  for (let rounds = 0; rounds < 4; rounds++) await service.service.pollWorkQueue();
  expect(server.received).toMatchObject([{ path: '/flow', body: { event: 'requeued', jobId, retry: 1 } }]);

  for (const id of [body['id'], body['id'], 'never-there', '%00', '..%2F..']) {
    const removed = await service.remove(`subscriptions/${String(id)}`);
    expect(removed).toMatchObject({ status: 204, body: {} });
  }
  expect(await service.subscriptions.list()).toEqual([]);
});

test('subscriptions are listed without what unsubscribes or calls them', async () => {
  await using service = await aService();
  expect((await service.get('subscriptions')).body).toEqual({ value: [] });
  const id = '4f0a5b1c-1234-5678-9abc-def012345678';
  const at = service.clock.now();
  const one = { id, callbackUrl, environment: null, jobId: null, createdAt: at, ...healthy };
  const lastFailure = { at, reason: 'HTTP 401' };
  await service.subscriptions.add({ ...one, events: ['exhausted'], failingSince: at, lastFailure });
  const { status, body } = await service.get('subscriptions');
  expect(status).toBe(200);
  expect(body).toEqual({
    value: [
      {
        idPrefix: '4f0a5b1c',
        events: ['exhausted'],
        environment: null,
        jobId: null,
        createdAt: at.toISOString(),
        failingSince: at.toISOString(),
        lastFailure: { at: at.toISOString(), reason: 'HTTP 401' },
      },
    ],
  });
});

test('neither the log nor any answer holds a callback address or the id of another', async () => {
  await using service = await aService();
  const { body } = await service.post('subscriptions', { callbackUrl });
  await service.deliver(await failureEvent(service));
  const answers = [await service.get('batch-jobs'), await service.get(`batch-jobs/${jobId}/history`)];
  const said = JSON.stringify([service.lines, answers]);
  expect(said).not.toContain('a-secret');
  expect(said).not.toContain(String(body['id']));
});

function toThisMachine() {
  return Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
}
