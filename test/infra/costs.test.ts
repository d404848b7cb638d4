import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseWatchEvery, watchEveryDefault } from '../../src/settings/watch-setting.ts';
import { storageCosts } from '../proof/storage-costs.ts';

const page = readFileSync('docs/operate/costs.md', 'utf8');
const tables = page.match(/(^\|.*\n)+/gm) ?? [];

test.each(tables)('the costs are quantity times price, and add up to the total: %#', (table) => {
  const [, , ...rows] = table.trim().split('\n').map(cells);
  const total = rows.pop();
  expect(total?.[0]).toBe('**Total**');
  for (const [what, quantity = '', price = '', cost = ''] of rows) {
    const [amount = '', per = '1'] = price.split(' per ');
    expect([what, dollars((number(quantity) * number(amount)) / number(per))]).toEqual([what, cost]);
  }
  const sum = rows.reduce((so, [, , , cost = '']) => so + number(cost), 0);
  expect(total?.at(-1)).toBe(dollars(sum));
});

test('there is a table for each month, for a private network, and for each kind of failure', () => {
  expect(tables).toHaveLength(4);
});

test('the costs count on no sampling of telemetry: host.json sets none', () => {
  expect(page).not.toMatch(/sampling/i);
  expect(readFileSync('host.json', 'utf8')).not.toMatch(/sampling/i);
});

test('there are as many alert rules as are counted', () => {
  const rules: { evaluationFrequency: string }[] = JSON.parse(readFileSync('infra/alerts.json', 'utf8'));
  const often = rules.filter(({ evaluationFrequency }) => evaluationFrequency === 'PT5M').length;
  const rows = /^\| Alert rules .*\n\| Alert rules .*$/m.exec(page)?.[0] ?? '';
  const counted = [...rows.matchAll(/\| (\d+) +\|/g)].map(([, count]) => Number(count));
  expect(counted).toEqual([often, rules.length - often]);
});

test('the watch is counted as often as it looks, with the requests of a look', () => {
  const looks = (730 * 60) / (parseWatchEvery(watchEveryDefault) ?? 0);
  const { tableReads = 0, tableWrites = 0 } =
    storageCosts.find(({ path }) => path.startsWith('the watch'))?.later ?? {};
  expect(number(cells(rowOf('Executions of the watch'))[1] ?? '')).toBe(looks);
  expect(number(cells(rowOf('Requests to tables, an environment'))[1] ?? '')).toBe(
    looks * (tableReads + tableWrites),
  );
});

function rowOf(what: string): string {
  return page.split('\n').find((row) => row.startsWith(`| ${what}`)) ?? '';
}

function cells(row: string): string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

function number(text: string): number {
  return Number(text.replaceAll(/[$,]/g, ''));
}

function dollars(amount: number): string {
  return `$${(Math.round(amount * 100) / 100).toFixed(2)}`;
}
