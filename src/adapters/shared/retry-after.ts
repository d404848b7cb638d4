import { parseHttpDate } from './http-date.ts';

/** Reads Retry-After, in seconds or as a date (RFC 9110, 10.2.3), as ms from now; null if it is neither. */
export function parseRetryAfter(header: string | undefined, now: Date): number | null {
  const value = header?.trim() ?? '';
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = parseHttpDate(value);
  return date && Math.max(date.getTime() - now.getTime(), 0);
}
