import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { problemsOf } from '../../scripts/kql/check-names.ts';

type Query = { of: string; query: string };

const alerts: { name: string; query: string }[] = read('infra/alerts.json');
const queries: Query[] = [
  ...alerts.map(({ name, query }) => ({ of: `alert ${name}`, query })),
  ...queriesIn(read('infra/workbook.json'), 'workbook'),
];

/** Loading the parser takes a second, and several on a busy machine. */
beforeAll(() => void problemsOf('customEvents'), 60_000);

test('workbook and alerts have the queries that are to be checked', () => {
  expect(alerts).toHaveLength(8);
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
