import type { NotTaken } from '../outcome.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * How long to wait, in ms, before the next call of F&O. `deferrals` counts the deferrals so far (from 0),
 * `random` is in [0, 1). This function makes the table in docs/reference/delays.md.
 */
export function deferralMs(outcome: NotTaken, deferrals: number, random: number): number {
  switch (outcome.kind) {
    case 'throttled':
      return asAsked(outcome.retryAfterMs ?? 30 * second);
    case 'unavailable':
      if (outcome.retryAfterMs !== null) return asAsked(outcome.retryAfterMs);
      return exponential(30 * second, 30 * minute, deferrals, random);
    case 'not-sent':
      if (outcome.cause === 'time') return second;
      return exponential(outcome.cause === 'token' ? minute : 30 * second, 30 * minute, deferrals, random);
    case 'sign-in-refused':
    case 'unauthorized':
      return exponential(minute, 30 * minute, deferrals, random);
    case 'misconfigured':
      return hour;
  }
}

/** How long to wait, in ms, before a read reconciles a request of unknown fate. */
export function unknownMs(deferrals: number): number {
  return exponential(30 * second, 30 * minute, deferrals, 0);
}

/**
 * How long to wait, in ms, before the service sends a request again that did not arrive. `deferrals` counts so far.
 */
export function sendAgainMs(deferrals: number): number {
  return deferrals <= 1 ? 0 : unknownMs(deferrals - 2);
}

/** What F&O asks for in Retry-After, from a second to an hour. */
function asAsked(retryAfterMs: number): number {
  return Math.min(Math.max(retryAfterMs, second), hour);
}

/**
 * Backoff from `baseMs` up to `capMs`, plus a jitter of up to a quarter, so that jobs do not come back together.
 */
function exponential(baseMs: number, capMs: number, deferrals: number, random: number): number {
  const delayMs = Math.min(baseMs * 2 ** Math.min(deferrals, 30), capMs);
  return Math.round(delayMs * (1 + random / 4));
}
