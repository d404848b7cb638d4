import { expect, test } from 'vitest';
import {
  connectLogAnalytics,
  LogAnalyticsTexts,
} from '../../../src/adapters/log-analytics/log-analytics-texts.ts';
import { SignInFailure } from '../../../src/adapters/shared/sign-in-failure.ts';
import { parseJobId } from '../../../src/domain/job-id.ts';
import type { LogRow } from '../../../src/sandbox/logs-rows.ts';
import { SimulatedLogs } from '../../../src/sandbox/simulated-logs.ts';
import { TokenEndpoint } from '../../../src/sandbox/token-endpoint.ts';
import type { TelemetrySetting } from '../../../src/settings/telemetry-setting.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { identityOf, overLoopback } from '../../helpers/simulated-logs.ts';

const workspaceId = '7d5a1f0e-6c0b-4f3e-9a51-0f6d3c2e8b14';
const resourceId = '/subscriptions/s/resourceGroups/g/providers/microsoft.insights/components/fno';
const workspace: TelemetrySetting = { kind: 'workspace', workspaceId };
const at = (time: string): Date => new Date(`2026-03-02T${time}Z`);
const window = { fromAt: at('00:59:00'), toAt: at('01:00:30') };
const job = (digits: string) => {
  const jobId = parseJobId(digits);
  if (jobId === null) throw new Error('no id');
  return jobId;
};
const blocked: LogRow = {
  at: at('01:00:00'),
  kind: 'infolog',
  jobId: '5637144576',
  text: 'Account 1 is blocked.',
};

async function aTelemetry(setting: TelemetrySetting = workspace) {
  const clock = new ManualClock();
  const identity = new TokenEndpoint(clock, 'http://127.0.0.1');
  const logs = await SimulatedLogs.open({ clock, identity, knows: [workspaceId, resourceId.slice(1)] });
  const client = connectLogAnalytics(() => Promise.resolve(identityOf(identity)), overLoopback(logs));
  const texts = new LogAnalyticsTexts(setting, client, clock);
  const find = (jobId = '5637144576', signal = new AbortController().signal) =>
    texts.find({ jobId: job(jobId), window }, signal);
  return { clock, logs, find };
}

test('both sources are found, by job and time, whatever the case of the names', async () => {
  const { logs, find, clock } = await aTelemetry();
  await using _ = logs;
  await clock.advance(60_000);
  logs.add(blocked);
  logs.add({
    ...blocked,
    kind: 'BatchTaskFailure',
    at: at('01:00:01'),
    text: 'Task failed',
    spelling: 'other',
  });
  logs.add({ ...blocked, at: at('01:00:02'), text: 'Posting canceled', spelling: 'lower', times: 2 });
  logs.add({ ...blocked, at: at('00:58:59'), text: 'The run before' });
  logs.add({ ...blocked, jobId: '56371445761', text: 'Another job' });
  logs.add({ ...blocked, jobId: '7', text: 'Names the id', properties: { LegalEntity: '5637144576' } });
  logs.add({ ...blocked, text: 'A person in a form', properties: { ExecutionMode: 'Interactive' } });
  expect(await find()).toEqual({
    kind: 'found',
    texts: [
      {
        at: at('01:00:00'),
        source: 'infolog',
        text: 'Account 1 is blocked.',
        className: 'CustPostInvoiceJob',
      },
      { at: at('01:00:01'), source: 'platform', text: 'Task failed', className: 'CustPostInvoiceJob' },
      expect.objectContaining({ text: 'Posting canceled' }),
      expect.objectContaining({ text: 'Posting canceled' }),
    ],
  });
});

test('a resource is queried by its id, and a negative job id is found', async () => {
  const { logs, find } = await aTelemetry({ kind: 'resource', resourceId });
  await using _ = logs;
  logs.add({ ...blocked, jobId: '-9223372036854775808' });
  expect(await find('-9223372036854775808')).toMatchObject({ texts: [{ text: 'Account 1 is blocked.' }] });
  expect(logs.queries).toMatchObject([{ of: resourceId.slice(1), status: 200 }]);
});

test('rows that arrive late are found once they have arrived', async () => {
  const { logs, find, clock } = await aTelemetry();
  await using _ = logs;
  logs.add({ ...blocked, arrivesAfterMs: 5 * 60_000 });
  expect(await find()).toEqual({ kind: 'found', texts: [] });
  await clock.advance(5 * 60_000);
  expect(await find()).toMatchObject({ texts: [{ text: 'Account 1 is blocked.' }] });
});

test('an answer in part gives the texts that it has', async () => {
  const { logs, find, clock } = await aTelemetry();
  await using _ = logs;
  await clock.advance(60_000);
  logs.add({ ...blocked, kind: 'BatchTaskFailure' });
  logs.fail({ kind: 'partial', rows: 0 });
  expect(await find()).toEqual({ kind: 'unavailable', message: 'Log Analytics answered only in part.' });
  logs.fail({ kind: 'partial', rows: 1 });
  expect(await find()).toMatchObject({ kind: 'found', texts: [{ source: 'platform' }] });
});

test('that tasks start and finish hides no text', async () => {
  const { logs, find, clock } = await aTelemetry();
  await using _ = logs;
  await clock.advance(60_000);
  for (let n = 0; n < 200; n += 1) logs.add({ ...blocked, kind: 'BatchTaskStart', taskId: String(n) });
  logs.add({ ...blocked, at: at('01:00:01'), kind: 'BatchTaskFailure' });
  expect(await find()).toMatchObject({ texts: [{ source: 'platform' }] });
});

test.each([
  [
    { kind: 'throttled', retryAfter: '17' },
    { kind: 'throttled', retryAfterMs: 17_000 },
  ],
  [
    { kind: 'throttled', retryAfter: null },
    { kind: 'throttled', retryAfterMs: null },
  ],
  [
    { kind: 'forbidden' },
    { kind: 'misconfigured', message: expect.stringContaining('Log Analytics Reader') },
  ],
  [
    { kind: 'error', status: 400, code: 'BadArgumentError' },
    { kind: 'misconfigured', message: expect.stringContaining('400, BadArgumentError') },
  ],
  [
    { kind: 'error', status: 504, code: 'GatewayTimeout' },
    { kind: 'unavailable', message: expect.stringContaining('504, GatewayTimeout') },
  ],
  [{ kind: 'html' }, { kind: 'unavailable' }],
  [
    { kind: 'throttled', retryAfter: 'Mon, 02 Mar 2026 01:02:00 GMT' },
    { kind: 'throttled', retryAfterMs: 120_000 },
  ],
  [
    { kind: 'throttled', retryAfter: 'whenever' },
    { kind: 'throttled', retryAfterMs: null },
  ],
] as const)('%j becomes %j, after one request', async (fault, outcome) => {
  const { logs, find } = await aTelemetry();
  await using _ = logs;
  logs.fail(fault, 5);
  const found = await find();
  expect(found).toMatchObject(outcome);
  expect(JSON.stringify(found)).not.toMatch(/Bearer|ey/);
  expect(logs.queries).toHaveLength(1);
});

test.each([
  'jane@contoso.com',
  'x?code=s3cret',
  'Bad\nATTENTION  -  all jobs are lost',
  '<script>alert(1)</script>',
  '\u0000\ud800',
  'eyJhbGciOi.eyJzdWIiOi.abc',
  'x'.repeat(1_000_000),
  '',
])('of an error whose code is %j only its status is told', async (code) => {
  const { logs, find } = await aTelemetry();
  await using _ = logs;
  for (const status of [403, 404, 500]) {
    logs.fail({ kind: 'error', status, code });
    const found = await find();
    expect(found).toMatchObject({ message: expect.stringContaining(`(${status}, no code)`) });
    expect(JSON.stringify(found).length).toBeLessThan(250);
  }
});

test('a redirect is not followed: its target would get the token', async () => {
  const { logs, find } = await aTelemetry();
  await using _ = logs;
  logs.fail({ kind: 'redirect', to: `${logs.url}/v1/workspaces/${workspaceId}/query` });
  expect(await find()).toMatchObject({ kind: 'unavailable' });
  expect(logs.queries).toHaveLength(1);
});

test('a workspace that does not exist is a wrong set-up', async () => {
  const { logs, find } = await aTelemetry({ kind: 'workspace', workspaceId: workspaceId.replace('7', '8') });
  await using _ = logs;
  expect(await find()).toMatchObject({ kind: 'misconfigured', message: expect.stringContaining('404') });
});

test('a query without an answer ends when its time is over', async () => {
  const { logs, find } = await aTelemetry();
  await using _ = logs;
  logs.fail({ kind: 'hang' });
  expect(await find(undefined, AbortSignal.timeout(200))).toEqual({
    kind: 'unavailable',
    message: 'Log Analytics did not answer in time.',
  });
});

test('no connection, and no token, are reported without an answer', async () => {
  const { logs, find } = await aTelemetry();
  await logs[Symbol.asyncDispose]();
  expect(await find()).toMatchObject({
    kind: 'unavailable',
    message: expect.stringContaining('ECONNREFUSED'),
  });
  const clock = new ManualClock();
  for (const [needsPerson, kind] of [
    [true, 'misconfigured'],
    [false, 'unavailable'],
  ] as const) {
    const texts = new LogAnalyticsTexts(workspace, connectLogAnalytics(noToken(needsPerson)), clock);
    const found = await texts.find({ jobId: job('1'), window }, new AbortController().signal);
    expect(found).toEqual({
      kind,
      message: 'The service gets no token for Log Analytics: the secret expired.',
    });
  }
});

test('a text of a megabyte, markup and broken properties do no harm', async () => {
  const { logs, find } = await aTelemetry();
  await using _ = logs;
  logs.add({ ...blocked, text: `<script>${'x'.repeat(1_000_000)}` });
  logs.add({ ...blocked, text: 'Second', properties: { Broken: '{"a":1,"a":2}\u0000' } });
  const found = await find();
  expect(found).toMatchObject({
    kind: 'found',
    texts: [{ text: expect.stringContaining('<script>') }, { text: 'Second' }],
  });
});

function noToken(needsPerson: boolean) {
  const error = new SignInFailure('the secret expired', needsPerson);
  return () => Promise.resolve({ getToken: () => Promise.reject(error) });
}
