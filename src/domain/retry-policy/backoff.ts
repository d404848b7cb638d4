import type { NotTaken } from '../outcome.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * How long to wait, in ms, before F&O is asked again. `deferrals` counts the deferrals so far (from 0),
 * `random` is in [0, 1). The table in docs/reference/delays.md is made by this function.
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

/** How long to wait, in ms, before the status tells what became of a request whose fate is not known. */
export function unknownMs(deferrals: number): number {
  return exponential(30 * second, 30 * minute, deferrals, 0);
}

/** How long to wait, in ms, before a request that did not arrive is sent again, after so many deferrals. */
export function sendAgainMs(deferrals: number): number {
  return deferrals <= 1 ? 0 : unknownMs(deferrals - 2);
}

/** What F&O asks for in Retry-After, within reason. */
function asAsked(retryAfterMs: number): number {
  return Math.min(Math.max(retryAfterMs, second), hour);
}

/** `base` doubled with each try up to `cap`, and up to a quarter more, so that many jobs do not come back at once. */
function exponential(baseMs: number, capMs: number, deferrals: number, random: number): number {
  const delayMs = Math.min(baseMs * 2 ** Math.min(deferrals, 30), capMs);
  return Math.round(delayMs * (1 + random / 4));
}
