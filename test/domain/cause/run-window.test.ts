import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { windowOf } from '../../../src/domain/cause/run-window.ts';

const at = (time: string): Date => new Date(`2026-03-02T${time}Z`);

test("a run's texts are those from its start to its end, give or take some seconds", () => {
  const run = { startedAt: at('01:00:00'), endedAt: at('01:30:00') };
  expect(windowOf(run, null)).toEqual({ fromAt: at('00:59:55'), toAt: at('01:30:05') });
});

test('without a start, only the last minutes count, and nothing of the run before', () => {
  const run = { startedAt: null, endedAt: at('01:30:00') };
  expect(windowOf(run, null).fromAt).toEqual(at('01:15:00'));
  expect(windowOf(run, at('00:30:00')).fromAt).toEqual(at('01:15:00'));
  expect(windowOf(run, at('01:20:00')).fromAt).toEqual(at('01:20:05'));
  expect(windowOf({ ...run, startedAt: at('01:40:00') }, null).fromAt).toEqual(at('01:15:00'));
});

test('the windows of two runs, one after the other, have at most some seconds in common', () => {
  const instant = fc.integer({ min: 0, max: 86_400 }).map((second) => new Date(second * 1000));
  fc.assert(
    fc.property(instant, instant, fc.option(instant), fc.option(instant), (one, other, first, second) => {
      fc.pre(one < other);
      const earlier = windowOf({ startedAt: first, endedAt: one }, null);
      const later = windowOf({ startedAt: second, endedAt: other }, one);
      expect(later.fromAt <= later.toAt).toBe(true);
      expect(later.fromAt > one).toBe(true);
      expect(earlier.toAt.getTime() - later.fromAt.getTime()).toBeLessThan(5000);
    }),
  );
});
