import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Fault, FaultOptions } from '../../src/sandbox/faults.ts';
import { FnoHealth } from '../../src/usecases/operate/fno-health.ts';
import { type Answer, aService, failureEvent, type TestService } from '../helpers/a-service.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { advance, partsOf } from './ready.ts';

const at = '2026-03-02T01:00:00.000Z';
/** The watch has tests of its own. */
const unwatched = { WATCH_EVERY: 'off' };
const working = { status: 'working', lastFailure: null };

test('a service that works says so of each part', async () => {
  await using service = await aService({ settings: unwatched });
  expect(await service.get('ready')).toMatchObject({
    status: 200,
    body: {
      status: 'ready',
      parts: [
        { part: 'store', environment: null, checkedAt: at, ...working },
        { part: 'work-queue', environment: null, checkedAt: at, ...working },
        { part: 'sign-in', environment: 'default', checkedAt: at, ...working },
        { part: 'fno', environment: 'default', checkedAt: at, ...working },
      ],
    },
  });
});

const faults: [title: string, fault: Fault, on: FaultOptions['on'], part: string, reason: string][] = [
  [
    'the token endpoint is down',
    { kind: 'token-error', status: 503 },
    'token',
    'sign-in',
    'The service gets no token.',
  ],
  [
    'F&O does not know the app',
    { kind: 'unauthorized' },
    'read',
    'fno',
    'F&O does not accept the token (HTTP 401).',
  ],
  [
    'F&O refuses access',
    { kind: 'forbidden' },
    'read',
    'fno',
    'F&O refuses access, or its address is wrong (HTTP 403).',
  ],
  [
    'the address is a login page',
    { kind: 'redirect', status: 302 },
    'read',
    'fno',
    'F&O refuses access, or its address is wrong (HTTP 302).',
  ],
  [
    'F&O is serviced',
    { kind: 'unavailable', status: 503 },
    'read',
    'fno',
    'F&O gave no usable answer (HTTP 503).',
  ],
  [
    'F&O is throttling',
    { kind: 'throttled', retryAfter: 60 },
    'read',
    'fno',
    'F&O is throttling requests (HTTP 429).',
  ],
  ['F&O hangs', { kind: 'hang' }, 'read', 'fno', 'F&O gave no usable answer (no answer).'],
];

test.each(faults)(
  '%s: that part alone fails, and says when and why',
  async (_title, fault, on, part, reason) => {
    await using service = await aService();
    service.sandbox.faults.add(fault, { on, times: 2 });
    const { status, body } = await settled(service.get('ready'), service);

    expect([status, body['title'], body['detail']]).toEqual([
      503,
      'A part does not work',
      `${part} of default: ${reason}`,
    ]);
    expect(partsOf(body).filter((one) => one['status'] === 'failing')).toMatchObject([
      { part, environment: 'default', lastFailure: { reason } },
    ]);
    expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|Bearer|secret/i);
  },
);

test('an environment that cannot be reached is shown beside one that works', async () => {
  await using other = await aService();
  await other.sandbox.goDown();
  const clock = new ManualClock();
  await using one = await aService({ clock });
  const settings = {
    FNO_ORG_URL: '',
    FNO_ENVIRONMENTS: JSON.stringify({
      prod: { orgUrl: one.sandbox.orgUrl },
      uat: { orgUrl: other.sandbox.orgUrl },
    }),
  };
  await using both = await aService({ settings: { ...settings, ...unwatched }, fno: one.sandbox, clock });
  expect(await both.get('ready')).toMatchObject({
    status: 503,
    body: {
      detail: 'fno of uat: F&O cannot be reached: ECONNREFUSED.',
      parts: [
        working,
        working,
        { environment: 'prod', ...working },
        { environment: 'prod', ...working },
        working,
        { status: 'failing' },
      ],
    },
  });
});

test('F&O is asked at most once a minute, however often and by however many readiness is asked', async () => {
  await using service = await aService();
  const reads = () => service.sandbox.requests.filter(({ route }) => route === 'read').length;
  await Promise.all([service.get('ready'), service.get('ready'), service.get('ready')]);
  await advance(service, 59_000);
  await service.get('ready');
  expect(reads()).toBe(1);
  await advance(service, 1000);
  await service.get('ready');
  expect(reads()).toBe(2);
});

test('what requests for jobs came to counts: a refusal is shown without asking again, and stays when it is over', async () => {
  await using service = await aService({ settings: unwatched });
  service.sandbox.faults.add({ kind: 'forbidden' }, { on: 'read' });
  await service.deliver(await failureEvent(service));
  const requests = service.sandbox.requests.length;
  const failing = await service.get('ready');
  expect(failing).toMatchObject({ status: 503, body: { detail: expect.stringContaining('HTTP 403') } });
  expect(service.sandbox.requests).toHaveLength(requests);

  await advance(service, 10_000);
  const { status, body } = await service.get('ready');
  expect(status).toBe(200);
  expect(partsOf(body).at(-1)).toMatchObject({
    part: 'fno',
    status: 'working',
    lastFailure: {
      at: partsOf(failing.body).at(-1)?.['checkedAt'],
      reason: expect.stringContaining('HTTP 403'),
    },
  });
});

test('the words of Microsoft Entra ID and F&O, which may name a tenant, are not shown: their codes are', async () => {
  const message =
    'AADSTS7000222: The client secret keys of app 11111111-2222-4333-8444-555555555555 in Contoso expired';
  const answer = { status: null, isSuccess: null, message };
  const health = new FnoHealth(new ManualClock());
  const refusing = () => Promise.resolve({ kind: 'sign-in-refused' as const, answer });
  const watched = health.watch(() => ({
    setToWaiting: refusing,
    read: refusing,
    list: refusing,
    listByIds: refusing,
  }))('prod');
  await watched.list({ search: null, limit: 1 }, new AbortController().signal);
  expect(health.of('prod')).toMatchObject({
    signIn: { status: 'failing', lastFailure: { reason: 'The service gets no token: AADSTS7000222.' } },
    fno: { status: 'unknown', checkedAt: null },
  });
});

/** What hangs is given up as the service's time passes. */
async function settled(asked: Promise<Answer>, service: TestService): Promise<Answer> {
  await Promise.race([asked, sleep(1000)]);
  await advance(service, 9000);
  return asked;
}
