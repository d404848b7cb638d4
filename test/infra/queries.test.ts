import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { nightJobs, nightPolicy, playNight, playWatch } from '../adapters/telemetry/play-night.ts';
import { recordInto } from '../adapters/telemetry/record-service.ts';
import { aService } from '../helpers/a-service.ts';
import { problemsOf, withParameters } from '../kql-evaluator/check-names.ts';
import { runQuery, type Tables } from '../kql-evaluator/run-query.ts';
import { tablesOf, type TakenRecord } from '../kql-evaluator/tables-of.ts';

type Query = { of: string; query: string };

const alerts: { name: string; query: string; windowSize: string; evaluationFrequency: string }[] =
  read('infra/alerts.json');
const queries: Query[] = [
  ...alerts.map(({ name, query }) => ({ of: `alert ${name}`, query })),
  ...queriesIn(read('infra/workbook.json'), 'workbook'),
];

const minute = 60_000;

let tables: Tables;
let morning: Date;

beforeAll(async () => {
  const taken: TakenRecord[] = [];
  await using service = await aService({ jobs: nightJobs, policy: nightPolicy, watch: recordInto(taken) });
  await playNight(service);
  await playWatch(service);
  tables = tablesOf(taken);
  morning = service.clock.now();
  // Loading the parser takes a second, and several on a busy machine.
  firing('exhausted');
}, 60_000);

test('workbook and alerts have the queries that are to be checked', () => {
  expect(alerts).toHaveLength(10);
  expect(queries.length).toBeGreaterThan(25);
});

test.each(queries)(
  "$of: Microsoft's parser takes the query, and it names what the code sends",
  ({ query }) => {
    expect(problemsOf(query)).toEqual([]);
  },
);

describe('a query is refused', () => {
  const query = alerts.find(({ name }) => name === 'exhausted')?.query ?? '';
  const changes: [what: string, from: string, to: string][] = [
    ['with an unknown table', 'customEvents', 'customEvent'],
    ['with an unknown column', 'name in', 'nme in'],
    ['with an unknown operator', 'summarize', 'sumarize'],
    ['with an unknown function', 'coalesce(', 'coalece('],
    ['that breaks off', 'arg_max(timestamp,', 'arg_max(timestamp'],
    ['with an event that is never sent', 'batch_retry.run_ended', 'batch_retry.runs_ended'],
    ['with a dimension that is never sent', 'customDimensions.end', 'customDimensions.ending'],
    ['with a dimension of another event', 'customDimensions.end', 'customDimensions.openUntil'],
    ['with a decision that is never taken', 'state == "exhausted"', 'state == "exausted"'],
    ['that looks for an event among the metrics', 'customEvents', 'customMetrics'],
  ];

  test.each(changes)('%s', (_what, from, to) => {
    expect(query).toContain(from);
    expect(problemsOf(query.replace(from, to))).not.toEqual([]);
  });
});

describe('in the morning after a night', () => {
  test('the job that used its retries up is alerted of, and no other', () => {
    expect(firing('exhausted')).toMatchObject([
      { environment: 'default', jobId: '5637144580', description: 'Vendor invoice import' },
    ]);
  });

  test('the job that F&O refused is alerted of, with what F&O said', () => {
    expect(firing('cannot-be-retried')).toMatchObject([
      { jobId: '5637144592', state: 'refused', reason: expect.stringContaining('F&O refused: Hold is set') },
    ]);
  });

  test('the job that ended too soon is alerted of, and why', () => {
    expect(firing('unusual-run')).toMatchObject([
      { jobId: '5637144596', finding: 'too-short', reason: expect.stringContaining('5 min at least') },
    ]);
  });

  const others = ['stuck', 'dead-letters', 'breaker-open', 'webhook-5xx', 'no-telemetry', 'oldest-due-work'];
  test.each([...others, 'lost-events'])('there is no alert %s', (name) => {
    expect(firing(name)).toEqual([]);
  });
});

test('each query of the workbook has rows then, but for what the night did not have', () => {
  const inWorkbook = queries.filter(({ of }) => of.startsWith('workbook'));
  const empty = inWorkbook.filter(
    ({ query }) => runQuery(withParameters(query), tables, morning).length === 0,
  );
  expect(empty.map(({ of }) => of)).toEqual(['workbook, Dead letters', 'workbook, Warnings and errors']);
});

test('an alert ends when its job has recovered', () => {
  const exhausted = tables['customEvents']?.find(({ customDimensions }) =>
    JSON.stringify(customDimensions).includes('"exhausted"'),
  );
  const ended = {
    ...exhausted,
    timestamp: morning,
    name: 'batch_retry.run_ended',
    customDimensions: { environment: 'default', jobId: '5637144580', end: 'recovered' },
  };
  expect(firing('exhausted', { customEvents: [...(tables['customEvents'] ?? []), ended] })).toEqual([]);
});

test('a circuit breaker is alerted of when it has been open for 15 minutes, until it closes', () => {
  const firingAfter = (...customEvents: ReturnType<typeof breakerAt>[]) =>
    firing('breaker-open', { customEvents });

  expect(firingAfter(breakerAt(90, 'closed'), breakerAt(16, 'open'), breakerAt(8, 'open'))).toMatchObject([
    { environment: 'default', openSince: breakerAt(16, 'open').timestamp },
  ]);
  expect(firingAfter(breakerAt(14, 'open'), breakerAt(8, 'open'))).toEqual([]);
  expect(firingAfter(breakerAt(16, 'open'), breakerAt(8, 'open'), breakerAt(1, 'closed'))).toEqual([]);
  expect(firingAfter(breakerAt(600, 'open'))).toEqual([]);
});

test('three answers of 5xx to events are alerted of, whether the service or its host gave them', () => {
  const none = { customMetrics: [], requests: [] };

  expect(firing('webhook-5xx', { ...none, customMetrics: [metric('503', 3)] })).toEqual([{ failed: 3 }]);
  const { customDimensions, ...byPath } = metric('503', 3);
  const dimensions = { ...customDimensions, route: 'business-events-of-environment' };
  expect(
    firing('webhook-5xx', { ...none, customMetrics: [{ ...byPath, customDimensions: dimensions }] }),
  ).toEqual([{ failed: 3 }]);
  expect(firing('webhook-5xx', { ...none, requests: ['500', '502', '504'].map(request) })).toHaveLength(1);
  expect(firing('webhook-5xx', { customMetrics: [metric('503', 2)], requests: [request('503')] })).toEqual(
    [],
  );
  expect(firing('webhook-5xx', { ...none, customMetrics: [metric('422', 9)] })).toEqual([]);
});

test('work that is due for more than 15 minutes is alerted of', () => {
  expect(firing('oldest-due-work', oldest(901))).toMatchObject([{ environment: 'uat', oldestSeconds: 901 }]);
  expect(firing('oldest-due-work', oldest(900))).toEqual([]);
});

test('three lost events of one environment in a day are alerted of, and two are not', () => {
  const lost = tables['customEvents']?.filter(({ name }) => name === 'batch_retry.event_lost') ?? [];
  expect(lost).toMatchObject([{ customDimensions: { jobId: '5637144596', learned: 'status' } }]);
  const times = (count: number) => ({ customEvents: Array.from({ length: count }, () => lost).flat() });

  expect(firing('lost-events', times(3))).toMatchObject([{ environment: 'default', lost: 3 }]);
  expect(firing('lost-events', times(2))).toEqual([]);
});

test('silence is alerted of within three hours, and until telemetry is back', () => {
  const silentAfter = (hours: number, other?: Tables) =>
    firing('no-telemetry', other, later(hours)).length > 0;

  expect(silentAfter(1.9)).toBe(false);
  expect([2.1, 24, 24 * 7].map((hours) => silentAfter(hours))).toEqual([true, true, true]);
  expect(silentAfter(1, { customMetrics: [] })).toBe(true);
  const back = { ...metric('200', 1), timestamp: later(30) };
  expect(silentAfter(31, { customMetrics: [back] })).toBe(false);

  const { windowSize, evaluationFrequency } = alerts.find(({ name }) => name === 'no-telemetry') ?? {};
  expect({ windowSize, evaluationFrequency }).toEqual({ windowSize: 'PT2H', evaluationFrequency: 'PT30M' });
});

function breakerAt(minutesAgo: number, breaker: string) {
  return {
    timestamp: new Date(morning.getTime() - minutesAgo * minute),
    name: 'batch_retry.breaker',
    customDimensions: { environment: 'default', breaker },
  };
}

function metric(status: string, valueCount: number) {
  return {
    timestamp: morning,
    name: 'batch_retry.response.duration',
    customDimensions: { route: 'business-events', status },
    valueCount,
  };
}

function request(resultCode: string) {
  return { timestamp: morning, resultCode, itemCount: 1 };
}

function oldest(valueMax: number) {
  return {
    customMetrics: [
      {
        timestamp: morning,
        name: 'batch_retry.queue.oldest',
        customDimensions: { environment: 'uat' },
        valueMax,
      },
    ],
  };
}

function later(hours: number) {
  return new Date(morning.getTime() + hours * 60 * minute);
}

/** The rows that an alert's query gives. */
function firing(name: string, other: Tables = {}, now = morning) {
  const alert = alerts.find((candidate) => candidate.name === name);
  if (!alert) throw new Error(`There is no alert ${name}`);
  return runQuery(alert.query, { ...tables, ...other }, now);
}

/** Every `query` in the workbook, by the name of its item. */
function queriesIn(value: unknown, of: string): Query[] {
  if (typeof value !== 'object' || value === null) return [];
  const named = 'name' in value && typeof value.name === 'string' ? `workbook, ${value.name}` : of;
  const own = 'query' in value && typeof value.query === 'string' ? [{ of: named, query: value.query }] : [];
  return [...own, ...Object.values(value).flatMap((inner) => queriesIn(inner, named))];
}

function read(path: string) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
