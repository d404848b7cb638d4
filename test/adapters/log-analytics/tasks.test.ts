import { expect, test } from 'vitest';
import {
  connectLogAnalytics,
  LogAnalyticsTexts,
} from '../../../src/adapters/log-analytics/log-analytics-texts.ts';
import { taskQuery } from '../../../src/adapters/log-analytics/task-query.ts';
import { parseJobId } from '../../../src/domain/job-id.ts';
import { type LogRow, toTable } from '../../../src/sandbox/logs-rows.ts';
import { SimulatedLogs } from '../../../src/sandbox/simulated-logs.ts';
import { TokenEndpoint } from '../../../src/sandbox/token-endpoint.ts';
import type { Row } from '../../kql-evaluator/expressions.ts';
import { runQuery } from '../../kql-evaluator/run-query.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { identityOf, overLoopback } from '../../helpers/simulated-logs.ts';

const workspaceId = '7d5a1f0e-6c0b-4f3e-9a51-0f6d3c2e8b14';
const at = (time: string): Date => new Date(`2026-03-02T${time}Z`);
const window = { fromAt: at('00:59:00'), toAt: at('01:00:30') };
const digits = '-5637144576';
const jobId = parseJobId(digits) ?? never();

/** One task each second: it starts, and does the rest in the following seconds. */
const rows: readonly LogRow[] = [
  { at: at('01:00:00'), kind: 'BatchTaskStart', jobId: digits, taskId: '1', spelling: 'lower' },
  { at: at('01:00:01'), kind: 'BatchTaskFailure', jobId: digits, taskId: '1', spelling: 'other', times: 2 },
  { at: at('01:00:02'), kind: 'BatchTaskStart', jobId: digits, taskId: '1' },
  { at: at('01:00:03'), kind: 'BatchTaskFinished', jobId: digits, taskId: '1' },
  { at: at('01:00:01'), kind: 'BatchTaskStart', jobId: digits, taskId: '2' },
  { at: at('01:00:04'), kind: 'BatchTaskFailure', jobId: digits, taskId: '2' },
  { at: at('01:00:01'), kind: 'BatchTaskStart', jobId: digits, taskId: '3' },
  { at: at('00:58:59'), kind: 'BatchTaskFailure', jobId: digits, taskId: '3' },
  { at: at('01:00:01'), kind: 'BatchTaskFailure', jobId: digits.slice(1), taskId: '4' },
  { at: at('01:00:01'), kind: 'infolog', jobId: digits, text: 'BatchTaskFailure' },
];
const told = [
  { startedAt: at('01:00:01'), failedAt: at('01:00:04'), finishedAt: null },
  { startedAt: at('01:00:02'), failedAt: at('01:00:01'), finishedAt: at('01:00:03') },
  { startedAt: at('01:00:01'), failedAt: null, finishedAt: null },
];

async function aTelemetry() {
  const clock = new ManualClock();
  const identity = new TokenEndpoint(clock, 'http://127.0.0.1');
  const logs = await SimulatedLogs.open({ clock, identity, knows: [workspaceId] });
  const client = connectLogAnalytics(() => Promise.resolve(identityOf(identity)), overLoopback(logs));
  const texts = new LogAnalyticsTexts({ kind: 'workspace', workspaceId }, client, clock);
  await clock.advance(60_000);
  return { logs, tasks: () => texts.tasks({ jobId, window }, new AbortController().signal) };
}

test('each task of the job is told once, the failed ones first', async () => {
  const { logs, tasks } = await aTelemetry();
  await using _ = logs;
  rows.forEach((row) => logs.add(row));
  expect(await tasks()).toEqual({ kind: 'found', tasks: told, isCut: false });
});

test.each(['AppEvents', 'customEvents'])('the query itself finds the same in the table %s', (name) => {
  const tables = { AppEvents: [], customEvents: [], [name]: rows.flatMap((row) => eventOf(name, row)) };
  const found = runQuery(taskQuery(jobId, window), tables, at('02:00:00'));
  expect(found.map(({ Started, Failed, Finished }) => [Started, Failed, Finished])).toEqual(
    told.map(({ startedAt, failedAt, finishedAt }) => [startedAt, failedAt, finishedAt]),
  );
});

test('an answer in part tells of no task, and one with too many tasks says so', async () => {
  const { logs, tasks } = await aTelemetry();
  await using _ = logs;
  rows.forEach((row) => logs.add(row));
  logs.fail({ kind: 'partial', rows: 4 });
  expect(await tasks()).toEqual({ kind: 'unavailable', message: 'Log Analytics answered only in part.' });
  for (let n = 0; n < 1000; n += 1) {
    logs.add({ at: at('01:00:00'), kind: 'BatchTaskStart', jobId: digits, taskId: String(100 + n) });
  }
  expect(await tasks()).toMatchObject({ isCut: true, tasks: expect.arrayContaining([told[0], told[1]]) });
});

test('a row without a task proves nothing', async () => {
  const { logs, tasks } = await aTelemetry();
  await using _ = logs;
  for (const kind of ['BatchTaskStart', 'BatchTaskFailure'] as const) {
    logs.add({ at: at('01:00:00'), kind, jobId: digits, taskId: '' });
  }
  expect(await tasks()).toMatchObject({ tasks: [{ startedAt: null, failedAt: at('01:00:00') }] });
});

/** The row as it is stored, an event only. */
function eventOf(table: string, row: LogRow): Row[] {
  const [cells] = JSON.parse(JSON.stringify(toTable([row]))).rows;
  const [, source, event, , properties] = cells;
  if (source !== 'event') return [];
  const bag = JSON.parse(properties);
  return table === 'AppEvents'
    ? [{ TimeGenerated: row.at, Name: event, Properties: bag }]
    : [{ timestamp: row.at, name: event, customDimensions: bag }];
}

function never(): never {
  throw new Error('no id');
}
