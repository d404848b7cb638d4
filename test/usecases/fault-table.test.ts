import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import type { BatchJob } from '../../src/policy/batch-job.ts';
import type { Fault } from '../../src/sandbox/faults.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { aFailure, aService, nightlyPosting, type TestService } from '../helpers/a-service.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const { jobId } = nightlyPosting;

type Row = {
  fault: Fault;
  /** What the webhook answers to the failure whose requeue meets the fault. */
  decision: 'requeued' | 'deferred' | 'refused';
  /** Seconds until it is looked at again; jitter is at its middle, an eighth. */
  dueInSeconds: number | null;
  /** Requests to F&O's action for this failure, at once and after all is due. */
  sent: [first: number, inAll: number];
  /** What has become of it once F&O is well again and what is due has been taken up. */
  becomes: 'requeued' | 'refused';
  says: RegExp;
};

const rows: Record<string, Row> = {
  '200, IsSuccess false': {
    fault: { kind: 'refused', message: 'Batch job is on hold.' },
    decision: 'refused',
    dueInSeconds: null,
    sent: [1, 1],
    becomes: 'refused',
    says: /Batch job is on hold/,
  },
  '200 with HTML, not acted on': unknown({ kind: 'html' }),
  '200 with HTML, acted on': unknownButTaken({ kind: 'html', committed: true }),
  '200 with broken JSON, not acted on': unknown({ kind: 'broken-json' }),
  '200 with broken JSON, acted on': unknownButTaken({ kind: 'broken-json', committed: true }),
  '200 with another shape, acted on': unknownButTaken({ kind: 'other-shape', committed: true }),
  '403': deferred({ kind: 'forbidden' }, 3600, 1, /a person must look/),
  '404': {
    fault: { kind: 'not-found' },
    decision: 'refused',
    dueInSeconds: null,
    sent: [1, 1],
    becomes: 'refused',
    says: /No HTTP resource/,
  },
  '429 with Retry-After in seconds': deferred({ kind: 'throttled', retryAfter: 120 }, 120, 1, /throttles/),
  '429 with Retry-After as a date': deferred(
    { kind: 'throttled', retryAfter: 'Mon, 02 Mar 2026 01:05:00 GMT' },
    240,
    1,
    /throttles/,
  ),
  '429 with a Retry-After of a day': deferred(
    { kind: 'throttled', retryAfter: 86_400 },
    3600,
    1,
    /throttles/,
  ),
  '429 without Retry-After': deferred({ kind: 'throttled', retryAfter: null }, 30, 1, /throttles/),
  '500, not acted on': unknown({ kind: 'business-error', message: 'Deadlock victim.' }, /Deadlock victim/),
  '500, acted on': unknownButTaken({ kind: 'server-error', committed: true }),
  '502, not acted on': unknown({ kind: 'unavailable', status: 502 }),
  '502, acted on': unknownButTaken({ kind: 'unavailable', status: 502, committed: true }),
  '503': deferred({ kind: 'unavailable', status: 503 }, 33.75, 1, /not available/),
  '503 with Retry-After': deferred(
    { kind: 'unavailable', status: 503, retryAfter: 90 },
    90,
    1,
    /not available/,
  ),
  '504, not acted on': unknown({ kind: 'unavailable', status: 504 }),
  '504, acted on': unknownButTaken({ kind: 'unavailable', status: 504, committed: true }),
  'reset before the headers, not acted on': unknown({ kind: 'reset' }),
  'reset before the headers, acted on': unknownButTaken({ kind: 'reset', committed: true }),
  'reset after the headers, acted on': unknownButTaken({
    kind: 'reset',
    when: 'after-headers',
    committed: true,
  }),
  'cut body, not acted on': unknown({ kind: 'cut' }),
  'cut body, acted on': unknownButTaken({ kind: 'cut', committed: true }),
  'body over 1 MiB, acted on': unknownButTaken({ kind: 'oversized', committed: true }),
  'redirect to a login page': deferred({ kind: 'redirect', status: 302 }, 3600, 1, /redirect/),
  'redirect that keeps the method': deferred({ kind: 'redirect', status: 307 }, 3600, 1, /redirect/),
};

function deferred(fault: Fault, dueInSeconds: number, first: number, says: RegExp): Row {
  return { fault, decision: 'deferred', dueInSeconds, sent: [first, first + 1], becomes: 'requeued', says };
}

function unknown(fault: Fault, says = /not known whether F&O acted/): Row {
  return { fault, decision: 'deferred', dueInSeconds: 30, sent: [1, 2], becomes: 'requeued', says };
}

function unknownButTaken(fault: Fault): Row {
  return { ...unknown(fault), sent: [1, 1] };
}

describe('a fault of F&O in answer to SetBatchJobToWaiting:', () => {
  test.each(Object.entries(rows))('%s', async (_name, row) => {
    await using service = await aService();
    const event = await aFailure(service);
    service.sandbox.faults.add(row.fault, { on: 'action' });
    const answeredAt = service.clock.now().getTime();

    const { status, body } = await service.deliver(event);

    expect(body['decision']).toBe(row.decision);
    expect(body['reason']).toMatch(row.says);
    expect(status).toBe(row.decision === 'deferred' ? 202 : 200);
    expect(dueInSeconds(body, answeredAt)).toBe(row.dueInSeconds);
    expect(actions(service)).toBe(row.sent[0]);

    await takeUpWhatIsDue(service);

    expect(await lastDecision(service)).toBe(row.becomes);
    expect(actions(service)).toBe(row.sent[1]);
    expect(service.sandbox.requeues(jobId)).toBe(row.becomes === 'requeued' ? 1 : 0);
    expect(await budgetUsed(service)).toBe(row.becomes === 'requeued' ? 1 : 0);
    expect(service.sandbox.loginPageSawToken).toBe(false);
  });
});

test('a token that F&O does not accept is renewed once, and the request sent once more', async () => {
  await using service = await aService();
  await service.deliver(await aFailure(service));
  service.sandbox.revokeTokens();

  expect((await service.deliver(await aFailure(service))).body).toMatchObject({
    decision: 'requeued',
    retry: 2,
  });
  expect(service.sandbox.tokensIssued).toBe(2);
  expect(service.sandbox.requeues(jobId)).toBe(2);
});

test('a token that is not accepted after renewal either defers, costs no budget and says what to check', async () => {
  await using service = await aService();
  service.sandbox.faults.add({ kind: 'unauthorized' }, { on: 'action', times: 2 });

  const { status, body } = await service.deliver(await aFailure(service));

  expect(status).toBe(202);
  expect(body).toMatchObject({
    decision: 'deferred',
    reason: expect.stringMatching(/HTTP 401.*is a user in F&O/),
  });
  expect(actions(service)).toBe(2);
  expect(await budgetUsed(service)).toBe(0);
});

test('a token endpoint that fails defers for at least a minute and sends nothing', async () => {
  await using service = await aService();
  service.sandbox.faults.add({ kind: 'token-error', status: 503 }, { on: 'token' });
  const event = await aFailure(service);
  const answeredAt = service.clock.now().getTime();

  const { status, body } = await service.deliver(event);

  expect(status).toBe(202);
  expect(body).toMatchObject({ decision: 'deferred', reason: expect.stringMatching(/^No token/) });
  expect(dueInSeconds(body, answeredAt)).toBeGreaterThanOrEqual(60);
  expect(actions(service)).toBe(0);
  expect(await budgetUsed(service)).toBe(0);
});

test('a refused connection defers, and counts as never sent', async () => {
  await using tenant = await startSandbox();
  await using service = await aService({ sandbox: { identity: tenant.identity } });
  const event = await aFailure(service);
  await service.sandbox.goDown();

  const { status, body } = await service.deliver(event);

  expect(status).toBe(202);
  expect(body).toMatchObject({ decision: 'deferred', reason: expect.stringMatching(/could not be reached/) });
  expect(await budgetUsed(service)).toBe(0);
  await service.sandbox.comeUp();
  await takeUpWhatIsDue(service);
  expect(await lastDecision(service)).toBe('requeued');
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('a certificate that is not trusted defers, and counts as never sent', async () => {
  await using tenant = await startSandbox();
  const server = createServer({ key: pem('key'), cert: pem('cert') }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await using service = await aService({
    sandbox: { identity: tenant.identity },
    settings: { FNO_ORG_URL: `https://localhost:${port}` },
  });

  const { status, body } = await service.deliver(await aFailure(service));

  expect(status).toBe(202);
  expect(body['reason']).toMatch(/could not be reached \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
  expect(await budgetUsed(service)).toBe(0);
  server.close();
});

describe('with a real clock and a short budget, the webhook answers in time:', () => {
  const hanging: Record<string, [fault: Fault, on: 'action' | 'token']> = {
    'F&O hangs and does not act': [{ kind: 'hang' }, 'action'],
    'F&O acts and hangs': [{ kind: 'hang', committed: true }, 'action'],
    'a body that trickles': [{ kind: 'trickle', committed: true }, 'action'],
    'a token endpoint that hangs': [{ kind: 'hang' }, 'token'],
  };

  test.each(Object.entries(hanging))('%s', async (_name, [fault, on]) => {
    await using service = await aService({
      clock: systemClock,
      settings: { RESPONSE_BUDGET_MS: '1000' },
    });
    service.sandbox.faults.add(fault, { on });
    const event = await aFailure(service);

    const startedAt = performance.now();
    const { status, body } = await service.deliver(event);

    expect(performance.now() - startedAt).toBeLessThan(1000);
    expect(status).toBe(202);
    expect(body['decision']).toBe('deferred');
    expect(service.sandbox.requeues(jobId)).toBe('committed' in fault && fault.committed ? 1 : 0);
  });
});

test('HTTP 500 to three requests for one failure counts as a refusal', async () => {
  await using service = await aService();
  service.sandbox.faults.add(
    { kind: 'business-error', message: 'Number sequence is full.' },
    { on: 'action', times: 9 },
  );
  await service.deliver(await aFailure(service));

  await takeUpWhatIsDue(service);

  expect(await lastDecision(service)).toBe('refused');
  expect(actions(service)).toBe(3);
  expect(await budgetUsed(service)).toBe(0);
});

test('a requeue that was delayed reads the status first, and is dropped if the job is not in Error any more', async () => {
  await using service = await aService();
  service.sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'action' });
  await service.deliver(await aFailure(service));
  service.sandbox.setStatus(jobId, 'Canceled');

  await takeUpWhatIsDue(service);

  expect(await lastDecision(service)).toBe('superseded');
  expect(service.sandbox.requeues(jobId)).toBe(0);
});

test('a status that cannot be read puts the job off again, as long as it takes', async () => {
  await using service = await aService();
  service.sandbox.faults.add({ kind: 'html', committed: true }, { on: 'action' });
  service.sandbox.faults.add({ kind: 'unavailable', status: 502 }, { on: 'read', times: 4 });
  await service.deliver(await aFailure(service));

  await takeUpWhatIsDue(service);

  expect(await lastDecision(service)).toBe('requeued');
  expect(actions(service)).toBe(1);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('the next delivery of a deferred event tries again once it is due, without the loop', async () => {
  await using service = await aService();
  service.sandbox.faults.add({ kind: 'throttled', retryAfter: 60 }, { on: 'action' });
  const event = await aFailure(service);
  await service.deliver(event);

  expect(await service.deliver(event)).toMatchObject({ status: 202, body: { decision: 'duplicate' } });
  await advance(service, 60_000);
  expect(await service.deliver(event)).toMatchObject({
    status: 200,
    body: { decision: 'requeued', retry: 1 },
  });
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

function dueInSeconds({ dueAt }: Record<string, unknown>, answeredAt: number): number | null {
  return typeof dueAt === 'string' ? (Date.parse(dueAt) - answeredAt) / 1000 : null;
}

function actions({ sandbox }: TestService): number {
  return sandbox.requests.filter(({ route }) => route === 'action').length;
}

async function advance({ clock }: TestService, ms: number): Promise<void> {
  if (clock instanceof ManualClock) await clock.advance(ms);
}

/** Lets half a day pass in steps, with the loop taking up what is due. */
async function takeUpWhatIsDue(service: TestService): Promise<void> {
  for (let minutes = 0; minutes < 12 * 60; minutes += 15) {
    await advance(service, 15 * 60_000);
    while ((await service.service.doDueWork()) > 0);
  }
}

async function lastDecision(service: TestService): Promise<unknown> {
  const { body } = await service.get(`batch-jobs/${jobId}/history`);
  const entries = body['value'];
  const [newest]: unknown[] = Array.isArray(entries) ? entries : [];
  return newest && typeof newest === 'object' && 'decision' in newest ? newest.decision : null;
}

async function budgetUsed(service: TestService): Promise<BatchJob['retriesUsed']> {
  return Number((await service.get(`batch-jobs/${jobId}`)).body['retriesUsed']);
}

function pem(name: 'key' | 'cert'): string {
  return readFileSync(new URL(`../fixtures/self-signed/${name}.pem`, import.meta.url), 'utf8');
}
