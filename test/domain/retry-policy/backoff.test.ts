import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NotTaken } from '../../../src/domain/outcome.ts';
import { deferralMs, unknownMs } from '../../../src/domain/retry-policy/backoff.ts';
import { answer } from '../job/builders.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

const throttled = (retryAfterMs: number | null): NotTaken => ({ kind: 'throttled', retryAfterMs, answer });
const unavailable = (retryAfterMs: number | null): NotTaken => ({
  kind: 'unavailable',
  retryAfterMs,
  answer,
});
const noConnection: NotTaken = { kind: 'not-sent', cause: 'connection', answer };
const noToken: NotTaken = { kind: 'not-sent', cause: 'token', answer };
const noTime: NotTaken = { kind: 'not-sent', cause: 'time', answer };
const signInRefused: NotTaken = { kind: 'sign-in-refused', answer };
const unauthorized: NotTaken = { kind: 'unauthorized', answer };
const misconfigured: NotTaken = { kind: 'misconfigured', answer };

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const tries = fc.nat({ max: 100_000 });
const growing = fc.constantFrom(unavailable(null), noConnection, noToken, signInRefused, unauthorized);
const anyOutcome = fc.oneof(
  growing,
  fc.constantFrom(misconfigured, noTime),
  fc.option(fc.integer({ min: -hour, max: 1000 * hour }), { nil: null }).map(throttled),
  fc.option(fc.integer({ min: -hour, max: 1000 * hour }), { nil: null }).map(unavailable),
);

test.each([
  ['throttled, with Retry-After', throttled(90 * second), 90 * second],
  ['throttled, without Retry-After', throttled(null), 30 * second],
  ['throttled, asking for nothing', throttled(0), second],
  ['throttled, asking for a day', throttled(24 * hour), hour],
  ['unavailable, with Retry-After', unavailable(5 * minute), 5 * minute],
  ['unavailable, asking for nothing', unavailable(0), second],
  ['unavailable, asking for a day', unavailable(24 * hour), hour],
  ['unavailable, without Retry-After', unavailable(null), 30 * second],
  ['no connection', noConnection, 30 * second],
  ['no token', noToken, minute],
  ['no time left', noTime, second],
  ['token not accepted', unauthorized, minute],
  ['no permission', misconfigured, hour],
])('the first deferral when %s', (_when, outcome, expected) => {
  expect(deferralMs(outcome, 0, 0)).toBe(expected);
});

test('it doubles with each deferral, up to half an hour', () => {
  const delays = [0, 1, 2, 3, 4, 5, 6, 7].map((number) => deferralMs(noConnection, number, 0) / second);
  expect(delays).toEqual([30, 60, 120, 240, 480, 960, 1800, 1800]);
});

test('every deferral is between a second and an hour', () => {
  fc.assert(
    fc.property(anyOutcome, tries, random, (outcome, number, chance) => {
      const delayMs = deferralMs(outcome, number, chance);
      expect(Number.isInteger(delayMs)).toBe(true);
      expect(delayMs).toBeGreaterThanOrEqual(second);
      expect(delayMs).toBeLessThanOrEqual(hour);
    }),
  );
});

test('a further deferral is never shorter than the one before, chance aside', () => {
  fc.assert(
    fc.property(anyOutcome, tries, random, (outcome, number, chance) => {
      expect(deferralMs(outcome, number + 1, chance)).toBeGreaterThanOrEqual(
        deferralMs(outcome, number, chance),
      );
    }),
  );
});

test('chance adds up to a quarter where the delay doubles', () => {
  fc.assert(
    fc.property(growing, tries, random, (outcome, number, chance) => {
      const shortest = deferralMs(outcome, number, 0);
      expect(deferralMs(outcome, number, chance)).toBeGreaterThanOrEqual(shortest);
      expect(deferralMs(outcome, number, chance)).toBeLessThanOrEqual(shortest * 1.25);
    }),
  );
  expect(deferralMs(noConnection, 0, 0.5)).toBe(33_750);
});

test('a token is waited for at least 60 s', () => {
  fc.assert(
    fc.property(tries, random, (number, chance) => {
      expect(deferralMs(noToken, number, chance)).toBeGreaterThanOrEqual(minute);
    }),
  );
});

test('a request whose fate is not known is looked at after half a minute, then less and less often', () => {
  const seconds = [0, 1, 2, 3, 4, 5, 6, 7, 100_000].map((number) => unknownMs(number) / second);
  expect(seconds).toEqual([30, 60, 120, 240, 480, 960, 1800, 1800, 1800]);
});
