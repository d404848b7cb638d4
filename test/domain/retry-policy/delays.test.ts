import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { addMs } from '../../../src/domain/instants.ts';
import { delayMs } from '../../../src/domain/retry-policy/delays.ts';
import { later, now } from '../job/builders.ts';

test('each retry has its delay, and the last repeats', () => {
  const delaysMs = [0, 300_000, 1_800_000];
  expect([0, 1, 2, 3, 999].map((retriesUsed) => delayMs({ delaysMs }, retriesUsed))).toEqual([
    0, 300_000, 1_800_000, 1_800_000, 1_800_000,
  ]);
});

test('a single delay is that of every retry', () => {
  expect([0, 1, 50].map((retriesUsed) => delayMs({ delaysMs: [60_000] }, retriesUsed))).toEqual([
    60_000, 60_000, 60_000,
  ]);
});

test('whatever was used of the budget, the delay is one of those in the policy', () => {
  const delays = fc.array(fc.nat(), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(delays, fc.nat({ max: 1000 }), (delaysMs, retriesUsed) => {
      expect(delayMs({ delaysMs }, retriesUsed)).toBe(
        retriesUsed < delaysMs.length ? delaysMs[retriesUsed] : delaysMs.at(-1),
      );
    }),
  );
});

test('an instant is moved by milliseconds, into a new date', () => {
  const moved = addMs(now, 90_500);
  expect(moved).toEqual(later(90_500));
  expect(now.toISOString()).toBe('2026-03-02T01:00:00.000Z');
  expect(moved.toISOString()).toBe('2026-03-02T01:01:30.500Z');
});
