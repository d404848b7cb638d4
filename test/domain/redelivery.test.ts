import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { redeliveryMs } from '../../src/domain/redelivery.ts';

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test.each([
  [0, 10_000],
  [1, 20_000],
  [5, 320_000],
  [9, 3_600_000],
  [1000, 3_600_000],
])('after %i failed deliveries the next is at least %i ms later', (tries, ms) => {
  expect(redeliveryMs(tries, null, 0)).toBe(ms);
});

test('a subscriber that asks for a time gets it, from a second to an hour', () => {
  fc.assert(
    fc.property(fc.nat(100), fc.integer({ min: -1e6, max: 1e10 }), chance, (tries, asked, random) => {
      const ms = redeliveryMs(tries, asked, random);
      expect(ms).toBeGreaterThanOrEqual(Math.min(Math.max(asked, 1000), 3_600_000));
      expect(ms).toBeLessThanOrEqual(3_600_000 * 1.25);
    }),
  );
});
