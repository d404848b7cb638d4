import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { endedNoLater, hasRunSince } from '../../src/policy/run-times.ts';
import { later, now, observed } from './builders.ts';

test.each([
  [-1000, true],
  [0, true],
  [1000, true],
  [1001, false],
])('an end %i ms after another may be of the same run, or an earlier: %s', (ms, expected) => {
  expect(endedNoLater(later(ms), now)).toBe(expected);
});

test('there was a run since if the end that is seen is more than a second later', () => {
  fc.assert(
    fc.property(fc.integer({ min: -5000, max: 5000 }), (ms) => {
      expect(hasRunSince(now, observed('Error', later(ms)))).toBe(ms > 1000);
    }),
  );
});

test('where either end is not known, the times do not tell', () => {
  expect(hasRunSince(null, observed('Error', now))).toBeNull();
  expect(hasRunSince(now, observed('Error'))).toBeNull();
  expect(hasRunSince(null, observed('Error'))).toBeNull();
});
