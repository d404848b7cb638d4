import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { short, times } from '../../bench/report/numbers.ts';
import { median, ratio, spread } from '../../bench/statistics.ts';

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[7], 7],
])('the median of %j is %d', (numbers, expected) => {
  expect(median(numbers)).toBe(expected);
});

test('half of the numbers are at most the median, and half at least', () => {
  const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 });
  fc.assert(
    fc.property(numbers, (all) => {
      const middle = median(all);
      expect(2 * all.filter((one) => one <= middle).length).toBeGreaterThanOrEqual(all.length);
      expect(2 * all.filter((one) => one >= middle).length).toBeGreaterThanOrEqual(all.length);
      expect(spread(all)).toEqual({ median: middle, min: Math.min(...all), max: Math.max(...all) });
    }),
  );
});

test('a round that is slow for everyone changes no ratio', () => {
  expect(ratio([10, 1, 10], [20, 2, 20])).toBe(0.5);
});

test('a ratio against what was not measured is no number', () => {
  expect(ratio([1], [])).toBeNaN();
});

test.each([
  [27_431, '27,400'],
  [1858, '1,860'],
  [999.6, '1,000'],
  [437.4, '437'],
  [50, '50'],
  [42.46, '42.5'],
  [2.714, '2.71'],
  [0.0649, '0.06'],
  [0, '0'],
  [Number.NaN, '–'],
])('%d is written as %s', (number, text) => {
  expect(short(number)).toBe(text);
});

test('a ratio is written with its sign', () => {
  expect([times(0.617), times(Number.NaN)]).toEqual(['0.62 ×', '–']);
});
