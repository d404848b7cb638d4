import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRetryAfter } from '../../../src/adapters/shared/retry-after.ts';

const now = new Date('2026-03-02T01:00:00Z');

test('without the header nothing is asked for', () => {
  expect(parseRetryAfter(undefined, now)).toBeNull();
});

test('seconds are read as they are', () => {
  expect(parseRetryAfter('0', now)).toBe(0);
  expect(parseRetryAfter('30', now)).toBe(30_000);
  expect(parseRetryAfter(' 120 ', now)).toBe(120_000);
  fc.assert(
    fc.property(fc.nat({ max: 999_999_999 }), (seconds) => {
      expect(parseRetryAfter(String(seconds), now)).toBe(seconds * 1000);
    }),
  );
});

test('an HTTP date is read as the time until then', () => {
  expect(parseRetryAfter('Mon, 02 Mar 2026 01:02:00 GMT', now)).toBe(120_000);
  fc.assert(
    fc.property(fc.nat({ max: 10_000_000 }), (seconds) => {
      const then = new Date(now.getTime() + seconds * 1000);
      expect(parseRetryAfter(then.toUTCString(), now)).toBe(seconds * 1000);
    }),
  );
});

test('a date that is past asks for no wait', () => {
  expect(parseRetryAfter('Mon, 02 Mar 2026 00:59:59 GMT', now)).toBe(0);
  expect(parseRetryAfter('Sunday, 06-Nov-94 08:49:37 GMT', now)).toBe(0);
});

test('seconds may be more than any clock counts, since the wait is limited elsewhere', () => {
  expect(parseRetryAfter('9'.repeat(12), now)).toBe(999_999_999_999_000);
  expect(parseRetryAfter('9'.repeat(400), now)).toBe(Number.POSITIVE_INFINITY);
});

test.each([
  '',
  ' ',
  'soon',
  '-5',
  '1.5',
  '1e3',
  '120s',
  '30, 60',
  '0x10',
  'null',
  'March 2026',
  'Mon, 99 Foo 2026',
  'Mon, 99 Foo 2026 01:02:00 GMT',
  'Mon, 02 Mar 2026 01:02:00',
  'Mon, 02 Mar 2026 01:02:00 +0100',
  '2026-03-02T01:02:00Z',
  'Sun Nov  6 08:49:37 1994',
])('what is neither is as if it were not there: %j', (header) => {
  expect(parseRetryAfter(header, now)).toBeNull();
});

test('whatever the header says, the wait is no less than none', () => {
  fc.assert(
    fc.property(fc.string(), (header) => {
      expect(parseRetryAfter(header, now) ?? 0).toBeGreaterThanOrEqual(0);
    }),
  );
});
