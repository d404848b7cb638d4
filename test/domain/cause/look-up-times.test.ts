import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstLookUpMs, lookUpForMs, nextLookUpAt } from '../../../src/domain/cause/look-up-times.ts';

const failedAt = new Date('2026-03-02T01:00:00Z');
const minutesAfter = (at: Date): number => (at.getTime() - failedAt.getTime()) / 60_000;

function lookUps(random: () => number, retryAfterMs: number | null = null): number[] {
  const all: number[] = [];
  let next: Date | null = new Date(failedAt.getTime() + firstLookUpMs);
  while (next) {
    all.push(minutesAfter(next));
    next = nextLookUpAt(failedAt, next, retryAfterMs, random());
  }
  return all;
}

test('a cause is looked for eight times, the last time an hour after the failure', () => {
  expect(lookUps(() => 0)).toEqual([1, 2, 4, 8, 16, 31, 46, 60]);
});

test('whatever the chance, the look-ups end an hour after the failure, and never come closer than a minute', () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), (random) => {
      const all = lookUps(() => random.next().value ?? 0);
      expect(all.at(-1)).toBe(lookUpForMs / 60_000);
      expect(all.length).toBeLessThanOrEqual(8);
      for (const [index, minute] of all.slice(1, -1).entries())
        expect(minute - (all[index] ?? 0)).toBeGreaterThanOrEqual(1);
    }),
  );
});

test('a telemetry that throttles is asked when it says, or not any more', () => {
  const now = new Date('2026-03-02T01:01:00Z');
  expect(nextLookUpAt(failedAt, now, 10 * 60_000, 0)).toEqual(new Date('2026-03-02T01:11:00Z'));
  expect(nextLookUpAt(failedAt, now, 59 * 60_000, 0)).toEqual(new Date('2026-03-02T02:00:00Z'));
  expect(nextLookUpAt(failedAt, now, 60 * 60_000, 0)).toBeNull();
});
