import { expect, test, vi } from 'vitest';
import type { BatchEventKind } from '../../src/sandbox/batch-job.ts';
import type { Happening } from '../../src/sandbox/happening.ts';
import { parseObject } from '../../src/sandbox/json.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { aWebhook } from './webhook.ts';

const testEvent =
  '{"BusinessEventId":"BusinessEventsTestEndpointContract","BusinessEventLegalEntity":"001","ControlNumber":-9223372036854775808,"EventId":"8D1220EB-E514-4E35-844E-E062DEF0C05D"}';

async function aSandboxFor(url: string | null, sends?: BatchEventKind[], timeoutMs = 10_000) {
  const clock = new ManualClock(new Date('2026-03-02T01:00:00.250Z'));
  const happenings: Happening[] = [];
  const onHappening = (happening: Happening): void => void happenings.push(happening);
  const sandbox = await startSandbox({ clock, onHappening, delivery: { timeoutMs } });
  const script = { kind: 'always-fail' } as const;
  sandbox.addJob({ jobId: '7', description: 'Nightly "posting"', script, ...(sends ? { sends } : {}) });
  if (url !== null) await sandbox.activateEndpoint(url);
  const rerun = async (): Promise<void> => {
    sandbox.setStatus('7', 'Waiting');
    await sandbox.run('7');
  };
  return { sandbox, clock, happenings, rerun };
}

function controlNumber(event: string): bigint {
  return BigInt(String(parseObject(event)?.ControlNumber));
}

test('a failed job makes an event of exactly the published fields', async () => {
  const { sandbox } = await aSandboxFor(null);
  await using _ = sandbox;
  await sandbox.run('7');
  const end = new Date('2026-03-02T01:00:00Z').getTime();
  const event: unknown = JSON.parse(sandbox.failedEvent('7'));
  expect(event).toEqual({
    AdminEmailId: expect.stringMatching(/@example\.com$/),
    BusinessEventId: 'BatchJobFailedBusinessEvent',
    BusinessEventLegalEntity: 'USMF',
    ContextRecordSubject: '',
    ControlNumber: 68719932288,
    EventId: expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/),
    EventTime: `/Date(${end})/`,
    EventTimeIso8601: '2026-03-02T01:00:00.2502288Z',
    InitiatingUserAADObjectId: expect.stringMatching(/^\{[-0-9A-F]{36}\}$/),
    JobDescription: 'Nightly "posting"',
    JobEndUtcDateTime: `/Date(${end})/`,
    JobExecutedByEmailId: expect.stringMatching(/@example\.com$/),
    JobId: 7,
    JobOwnerEmailId: expect.stringMatching(/@example\.com$/),
    JobStatus: 'Error',
    MajorVersion: 0,
    MinorVersion: 0,
    ParentContextRecordSubjects: [],
  });
});

test('the largest id goes out with every digit', async () => {
  await using webhook = await aWebhook(200);
  const { sandbox } = await aSandboxFor(webhook.url);
  await using _ = sandbox;
  const jobId = '9223372036854775807';
  sandbox.addJob({ jobId, description: 'Largest', script: { kind: 'always-fail' } });
  await sandbox.run(jobId);
  await sandbox.idle();
  expect(webhook.received.at(-1)?.body).toContain('"JobId":9223372036854775807,');
  expect(webhook.received.at(-1)?.body).toBe(sandbox.failedEvent(jobId));
});

test('ControlNumber rises with gaps, EventIds are unique, and a restored database counts from below', async () => {
  const { sandbox, rerun } = await aSandboxFor(null);
  await using _ = sandbox;
  const events: string[] = [];
  for (let n = 0; n < 50; n += 1) {
    await rerun();
    events.push(sandbox.failedEvent('7'));
  }
  const numbers = events.map(controlNumber);
  const steps = numbers.slice(1).map((number, index) => Number(number - (numbers[index] ?? 0n)));
  expect(Math.min(...steps)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...steps)).toBeGreaterThan(1);
  expect(new Set(events.map((event) => parseObject(event)?.EventId)).size).toBe(50);
  sandbox.restoreDatabase();
  await rerun();
  expect(controlNumber(sandbox.failedEvent('7'))).toBeLessThan(numbers[0] ?? 0n);
});

test('only failures are sent unless the job sends more', async () => {
  await using webhook = await aWebhook(200);
  const { sandbox } = await aSandboxFor(webhook.url, ['failed', 'started', 'finished', 'canceled']);
  await using _ = sandbox;
  sandbox.addJob({ jobId: '8', description: 'Quiet', script: { kind: 'succeed' } });
  await sandbox.run('8');
  await sandbox.run('7');
  sandbox.setStatus('7', 'Canceled');
  sandbox.setScript('7', { kind: 'succeed' });
  sandbox.setStatus('7', 'Waiting');
  await sandbox.run('7');
  await sandbox.idle();
  const sent = webhook.received.slice(1).map(({ body }) => {
    const event = parseObject(body);
    return `${String(event?.BusinessEventId)} ${String(event?.JobStatus)}`;
  });
  expect(sent.toSorted()).toEqual([
    'BatchJobCancelledBusinessEvent Canceled',
    'BatchJobFailedBusinessEvent Error',
    'BatchJobFinishedBusinessEvent Finished',
    'BatchJobStartedBusinessEvent Executing',
    'BatchJobStartedBusinessEvent Executing',
  ]);
});

test('an endpoint that answers the test event with 2xx becomes active', async () => {
  await using webhook = await aWebhook(202);
  const { sandbox } = await aSandboxFor(null);
  await using _ = sandbox;
  expect(await sandbox.activateEndpoint(webhook.url)).toEqual({ ok: true });
  expect(webhook.received).toEqual([
    {
      body: testEvent,
      contentType: 'application/json; charset=utf-8',
      path: '/api/business-events?code=key',
    },
  ]);
  await sandbox.run('7');
  await sandbox.idle();
  expect(webhook.received).toHaveLength(2);
  sandbox.deactivateEndpoint(webhook.url);
  sandbox.setStatus('7', 'Waiting');
  await sandbox.run('7');
  await sandbox.idle();
  expect(webhook.received).toHaveLength(2);
});

test.each([302, 401, 422, 500])(
  'an endpoint that answers the test event with %i stays inactive',
  async (status) => {
    await using webhook = await aWebhook(status);
    await using sandbox = await startSandbox();
    expect(await sandbox.activateEndpoint(webhook.url)).toMatchObject({ ok: false, status });
    sandbox.addJob({ jobId: '7', description: 'Job', script: { kind: 'always-fail' } });
    await sandbox.run('7');
    await sandbox.idle();
    expect(webhook.received).toHaveLength(1);
  },
);

test('nothing is sent to an address that is not loopback, or to none', async () => {
  await using sandbox = await startSandbox();
  for (const url of ['http://example.com/', 'https://127.0.0.1/', 'nonsense']) {
    expect(await sandbox.activateEndpoint(url)).toMatchObject({ ok: false, status: null });
  }
  expect(await sandbox.activateEndpoint('http://127.0.0.1:1/')).toMatchObject({ ok: false, status: null });
  expect(sandbox.deliveries).toHaveLength(1);
});

test('an event is tried three times, a second apart, and then goes to the error log', async () => {
  await using webhook = await aWebhook(200, 503);
  const { sandbox, clock, happenings } = await aSandboxFor(webhook.url);
  await using _ = sandbox;
  await sandbox.run('7');
  for (const tries of [1, 2]) {
    await vi.waitFor(() => expect(clock.asleep).toBe(1));
    await clock.advance(999);
    expect(webhook.received).toHaveLength(1 + tries);
    await clock.advance(1);
  }
  await sandbox.idle();
  const times = sandbox.deliveries.slice(1).map(({ at, try: n, status }) => [n, status, at.toISOString()]);
  expect(times).toEqual([
    [1, 503, '2026-03-02T01:00:00.250Z'],
    [2, 503, '2026-03-02T01:00:01.250Z'],
    [3, 503, '2026-03-02T01:00:02.250Z'],
  ]);
  expect(new Set(webhook.received.slice(1).map(({ body }) => body))).toEqual(
    new Set([sandbox.failedEvent('7')]),
  );
  expect(sandbox.errorLog).toMatchObject([{ url: webhook.url, event: { jobId: '7' } }]);
  expect(happenings.at(-1)).toMatchObject({ kind: 'event-lost', jobId: '7', tries: 3 });
});

test('an event that is taken on a later try is not tried again', async () => {
  await using webhook = await aWebhook(200, 500, 202);
  const { sandbox, clock, happenings } = await aSandboxFor(webhook.url);
  await using _ = sandbox;
  await sandbox.run('7');
  await vi.waitFor(() => expect(clock.asleep).toBe(1));
  await clock.advance(1000);
  await sandbox.idle();
  expect(sandbox.deliveries.at(-1)).toMatchObject({ try: 2, status: 202, answer: 'answer 3', error: null });
  expect(sandbox.errorLog).toEqual([]);
  expect(happenings.at(-1)).toMatchObject({ kind: 'event-delivered', tries: 2, status: 202 });
});

test('a person resends an event from the error log, unchanged', async () => {
  await using webhook = await aWebhook(200, 500, 500, 500, 200);
  const { sandbox, clock } = await aSandboxFor(webhook.url);
  await using _ = sandbox;
  await sandbox.run('7');
  for (let n = 0; n < 2; n += 1) {
    await vi.waitFor(() => expect(clock.asleep).toBe(1));
    await clock.advance(1000);
  }
  await sandbox.idle();
  sandbox.resend('some other event');
  expect(sandbox.errorLog).toHaveLength(1);
  sandbox.resend();
  await sandbox.idle();
  expect(sandbox.errorLog).toEqual([]);
  expect(webhook.received.at(-1)?.body).toBe(sandbox.failedEvent('7'));
});

test('a try ends when no answer comes in time', async () => {
  await using webhook = await aWebhook(200, null, 200);
  const { sandbox, clock } = await aSandboxFor(webhook.url, undefined, 50);
  await using _ = sandbox;
  await sandbox.run('7');
  await vi.waitFor(() => expect(clock.asleep).toBe(1));
  expect(sandbox.deliveries.at(-1)).toMatchObject({ status: null, error: 'no answer in 50 ms' });
  await clock.advance(1000);
  await sandbox.idle();
  expect(sandbox.deliveries.at(-1)).toMatchObject({ try: 2, status: 200 });
});

test('a redirect is not followed: it is a failed try', async () => {
  await using webhook = await aWebhook(200, 307, 200);
  const { sandbox, clock } = await aSandboxFor(webhook.url);
  await using _ = sandbox;
  await sandbox.run('7');
  await vi.waitFor(() => expect(clock.asleep).toBe(1));
  expect(webhook.received.map(({ path }) => path)).not.toContain('/elsewhere');
  await clock.advance(1000);
  await sandbox.idle();
});

test('deliveries do not wait for one another', async () => {
  await using webhook = await aWebhook(200, null, 200);
  const { sandbox, rerun } = await aSandboxFor(webhook.url);
  await using _ = sandbox;
  await sandbox.run('7');
  await vi.waitFor(() => expect(webhook.received).toHaveLength(2));
  await rerun();
  await vi.waitFor(() => expect(sandbox.deliveries).toHaveLength(2));
  expect(webhook.received).toHaveLength(3);
});
