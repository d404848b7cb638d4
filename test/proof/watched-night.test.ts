import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runTheNight, type Night } from './run-the-night.ts';

const folder = mkdtempSync(join(tmpdir(), 'night-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a night of 200 jobs: every failure of a listed job is found, none twice, and nothing is requeued that did not fail', async () => {
  const night = await runTheNight(join(folder, 'events.sqlite'), { lostRate: 0.1, hasHistory: true });
  print('10 % of events lost', night);
  expect(night.violations).toEqual([]);
  expect(night.failures.unknown).toBe(0);
  expect(night.failures.lost).toBeGreaterThan(0);
  expect(night.announced).toEqual({ 'long-running': 3, late: 3, 'too-short': 0 });
}, 120_000);

test('the same night without any event: the batch history tells all of it, later', async () => {
  const night = await runTheNight(join(folder, 'history.sqlite'), { lostRate: 1, hasHistory: true });
  print('no events', night);
  expect(night.violations).toEqual([]);
  expect(night.failures.unknown).toBe(0);
  expect(night.announced).toEqual({ 'long-running': 3, late: 3, 'too-short': 0 });
}, 120_000);

test('the same night without events and without a history: what recurs is not seen, and nothing is guessed', async () => {
  const night = await runTheNight(join(folder, 'blind.sqlite'), { lostRate: 1, hasHistory: false });
  print('no events, no history', night);
  expect(night.violations).toEqual([]);
  expect(night.failures.unknownOfOthers).toBe(0);
  expect(night.failures.unknown).toBeGreaterThan(0);
  expect(night.requeuesOfRecurring).toBe(0);
}, 120_000);

function print(what: string, { failures, requeues, announced, searches }: Night): void {
  const found = `${failures.all} failed runs, ${failures.all - failures.unknown} found (${failures.lost} of them lost events)`;
  console.log(
    `A night with ${what}: ${found}; ${requeues} requeues; ${JSON.stringify(announced)}; ${searches} searches`,
  );
}
