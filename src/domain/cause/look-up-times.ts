import { addMs } from '../instants.ts';
import type { Worded } from './cause.ts';

const minuteMs = 60_000;

/** For how long after a failure the service looks for its cause, in ms. */
export const lookUpForMs = 60 * minuteMs;

/** The first look-up, in ms after the failure: rows arrive minutes late. */
export const firstLookUpMs = minuteMs;

/**
 * For how long after a failure the platform's words alone are not its cause yet, in ms: the infolog, which is what a
 * person would read in F&O, may come after them.
 */
const infologLateMs = 4 * minuteMs;

const longestPauseMs = 15 * minuteMs;

/** Whether these words are the cause, or better ones may still come. */
export function isFinal({ source }: Pick<Worded, 'source'>, failedAt: Date, now: Date): boolean {
  return source !== 'platform' || now.getTime() - failedAt.getTime() >= infologLateMs;
}

/**
 * When to look again: as long after the look-up as it was after the failure, at least a minute and at most 15, or as
 * long as the telemetry asks for; the last time an hour after the failure. Null: give up. `random` is in [0, 1).
 */
export function nextLookUpAt(
  failedAt: Date,
  now: Date,
  retryAfterMs: number | null,
  random: number,
): Date | null {
  const elapsedMs = now.getTime() - failedAt.getTime();
  if (elapsedMs >= lookUpForMs) return null;
  const pauseMs = Math.min(Math.max(elapsedMs, minuteMs), longestPauseMs) * (1 + random / 10);
  const next = addMs(now, Math.round(Math.max(pauseMs, retryAfterMs ?? 0)));
  const last = addMs(failedAt, lookUpForMs);
  if (next < last) return next;
  return retryAfterMs !== null && addMs(now, retryAfterMs) > last ? null : last;
}
