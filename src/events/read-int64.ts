import { isInt64, type JobId, parseJobId } from '../domain/job-id.ts';

/**
 * Reads a whole number of 64 bits from losslessly parsed JSON, as decimal digits. Accepts text only as JSON would
 * spell the number, so that each number has one spelling. Null for anything else.
 */
export function readInt64(value: unknown): string | null {
  if (typeof value === 'bigint') return isInt64(value) ? value.toString() : null;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  return typeof value === 'string' && parseJobId(value) === value ? value : null;
}

/** Reads a batch job's id as `readInt64` does. */
export function readJobId(value: unknown): JobId | null {
  const digits = readInt64(value);
  return digits === null ? null : parseJobId(digits);
}
