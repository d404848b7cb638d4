import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Telemetry, TelemetryEvent } from '../../../src/ports/telemetry.ts';
import { nightlyPosting, type ServiceSetup } from '../../helpers/a-service.ts';
import { aServiceWithCauses } from '../../helpers/a-service-with-causes.ts';

const jobs = Array.from({ length: 6 }, (_, n) => ({ ...nightlyPosting, jobId: String(100 + n) }));

/** The service, and what it announced. */
async function watched(setup: ServiceSetup = {}) {
  const announced: TelemetryEvent[] = [];
  const watch = (inner: Telemetry): Telemetry => ({
    record: (event) => {
      inner.record(event);
      if (event.kind === 'announced') announced.push(event);
    },
    span: (step, act, outcomeOf) => inner.span(step, act, outcomeOf),
    linkTo: (trace) => inner.linkTo(trace),
    trace: () => inner.trace(),
  });
  return { announced, service: await aServiceWithCauses({ jobs, watch, ...setup }) };
}

function aStoreFile() {
  const folder = mkdtempSync(join(tmpdir(), 'causes-'));
  return {
    settings: { STORE: `sqlite:${join(folder, 'store.sqlite')}` },
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

function causesPart(body: Record<string, unknown>): Record<string, unknown> | undefined {
  const parts: Record<string, unknown>[] = JSON.parse(JSON.stringify(body['parts']));
  return parts.find(({ part }) => part === 'causes');
}

test('a telemetry that throttles is left alone for as long as it says, for all jobs', async () => {
  const { service } = await watched();
  await using _ = service;
  service.logs.fail({ kind: 'throttled', retryAfter: '600' });
  for (const { jobId } of jobs) {
    await service.fail(jobId);
    service.write({ jobId });
  }
  await service.pass(1);
  const asked = service.logs.queries.length;
  expect(asked).toBeLessThanOrEqual(4);
  await service.pass(7);
  expect(service.logs.queries).toHaveLength(asked);
  await service.pass(10);
  for (const { jobId } of jobs) expect(await service.causesInHistory(jobId)).toHaveLength(1);
});

test.each([
  ['no Retry-After', null, 1],
  ['a date', 'Mon, 02 Mar 2026 01:20:00 GMT', 12],
])(
  'a telemetry that throttles with %s is asked again, and the cause is found',
  async (_what, retryAfter, quiet) => {
    const { service } = await watched();
    await using _ = service;
    service.logs.fail({ kind: 'throttled', retryAfter });
    const eventId = await service.fail('100');
    service.write({ jobId: '100' });
    await service.pass(quiet);
    expect(service.logs.queries).toHaveLength(1);
    await service.pass(12);
    expect(await service.causesInHistory('100')).toEqual([{ eventId, reason: 'Account 4711 is blocked.' }]);
    expect(service.lines.filter((line) => line.includes('throttles'))).toHaveLength(1);
  },
);

test.each([
  [
    'a permission that is missing',
    { kind: 'forbidden' },
    'may not read the telemetry of F&O (403, InsufficientAccessError)',
  ],
  [
    'a workspace that is gone',
    { kind: 'error', status: 404, code: 'PathNotFoundError' },
    'knows no such workspace',
  ],
  [
    'an error with a hostile code',
    { kind: 'error', status: 400, code: `x\nATTENTION jane@contoso.com ${'x'.repeat(9999)}` },
    '(400, no code)',
  ],
] as const)(
  '%s is announced once by two processes, in one line that says what to set up',
  async (_what, fault, says) => {
    await using store = aStoreFile();
    const { service: first } = await watched({ settings: store.settings });
    await using _ = first;
    await using second = await aServiceWithCauses({ fno: first.sandbox, settings: store.settings });
    for (const service of [first, second]) {
      service.logs.fail(fault, Infinity);
      for (const { jobId } of jobs.slice(0, 3)) await service.fail(jobId);
      await service.pass(10);
    }
    const lines = [...first.lines, ...second.lines].filter((line) => line.includes('ATTENTION'));
    expect(lines).toEqual([expect.stringMatching(/^[\d:]{8} {2}ATTENTION {3}- +no-causes|ATTENTION/)]);
    expect(lines[0]).toContain(says);
    expect(lines[0]).not.toMatch(/jane|\p{Cc}/u);
    expect(lines[0]?.length).toBeLessThan(400);
    expect(second.logs.queries.length).toBeGreaterThan(0);
  },
);

test('a permission that is missing is announced once, for all jobs, and found when it is given', async () => {
  const { service, announced } = await watched();
  await using _ = service;
  service.logs.fail({ kind: 'forbidden' }, Infinity);
  for (const { jobId } of jobs) {
    await service.fail(jobId);
    service.write({ jobId });
  }
  await service.pass(10);
  expect(announced).toEqual([
    expect.objectContaining({
      about: 'no-causes',
      environment: 'default',
      jobId: null,
      reason: expect.stringContaining('Log Analytics Reader'),
    }),
  ]);
  service.logs.clearFaults();
  await service.pass(20);
  for (const { jobId } of jobs) expect(await service.causesInHistory(jobId)).toHaveLength(1);
  service.logs.fail({ kind: 'forbidden' }, Infinity);
  await service.fail('100');
  await service.pass(5);
  expect(announced).toHaveLength(2);
});

test('readiness tells what the last query met, and is ready without the telemetry', async () => {
  const { service } = await watched();
  await using _ = service;
  expect(causesPart((await service.get('ready')).body)).toMatchObject({
    status: 'unknown',
    environment: 'default',
  });
  service.logs.fail({ kind: 'forbidden' });
  await service.fail('100');
  await service.pass(1);
  const failing = await service.get('ready');
  expect(failing.status).toBe(200);
  expect(causesPart(failing.body)).toMatchObject({
    status: 'failing',
    lastFailure: { reason: 'The service may not read the telemetry, or it is not where the settings say.' },
  });
  await service.pass(3);
  expect(causesPart((await service.get('ready')).body)).toMatchObject({ status: 'working' });
});

test('a query without an answer holds nothing up: other work is done meanwhile', async () => {
  const { service } = await watched();
  await using _ = service;
  service.logs.fail({ kind: 'hang' }, 4);
  for (const { jobId } of jobs) await service.fail(jobId);
  const passing = service.pass(1);
  const { clock } = service.sandbox;
  for (let step = 0; step < 50; step += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if ('advance' in clock && typeof clock.advance === 'function') await clock.advance(1000);
  }
  await passing;
  expect(service.lines.join('\n')).toContain('did not answer in time');
  expect(await service.queue.listDeadLetters(10)).toEqual([]);
});

test('a few queries at most are under way at the same time', async () => {
  const many = Array.from({ length: 30 }, (_, n) => ({ ...nightlyPosting, jobId: String(200 + n) }));
  const { service } = await watched({ jobs: many });
  await using _ = service;
  for (const { jobId } of many) {
    await service.sandbox.run(jobId);
    await service.deliver(service.sandbox.failedEvent(jobId));
    service.write({ jobId });
  }
  await service.pass(20);
  for (const { jobId } of many) expect(await service.causesInHistory(jobId)).toHaveLength(1);
  expect(service.logs.mostAtOnce).toBeLessThanOrEqual(4);
  expect(service.logs.queries).toHaveLength(many.length);
});

test('of 150 failures at once each has its cause within five minutes, asked for once', async () => {
  const many = Array.from({ length: 150 }, (_, n) => ({ ...nightlyPosting, jobId: String(1000 + n) }));
  let chance = 0;
  const random = () => (chance = (chance + 0.37) % 1);
  const { service } = await watched({ jobs: many, random });
  await using _ = service;
  for (const { jobId } of many) {
    await service.sandbox.run(jobId);
    await service.deliver(service.sandbox.failedEvent(jobId));
    service.write({ jobId });
  }
  await service.passSeconds(5 * 60);
  const { body } = await service.get('causes');
  expect(body).toMatchObject({ value: [{ jobCount: 150, failures: 150 }] });
  expect(service.logs.queries).toHaveLength(150);
});

test('without a telemetry in the settings nothing is queued, and readiness says nothing of it', async () => {
  const { service } = await watched();
  await using _ = service;
  const plain = { FNO_ENVIRONMENTS: JSON.stringify({ default: { orgUrl: service.sandbox.orgUrl } }) };
  await using other = await aServiceWithCauses({ fno: service.sandbox, settings: plain });
  await other.fail('100');
  await other.pass(2);
  expect(other.logs.queries).toEqual([]);
  expect(causesPart((await other.get('ready')).body)).toBeUndefined();
});
