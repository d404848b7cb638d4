import { isInt64, type JobId, parseJobId } from '../domain/job-id.ts';

/**
 * A whole number of 64 bits in losslessly parsed JSON, as its decimal digits. Text counts if it is spelled as JSON
 * would spell the number: no other text stands for one number alone. Null for anything else.
 */
export function readInt64(value: unknown): string | null {
  if (typeof value === 'bigint') return isInt64(value) ? value.toString() : null;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value).toString() : null;
  return typeof value === 'string' && parseJobId(value) === value ? value : null;
}

/** A batch job's id, as `readInt64` reads it. */
export function readJobId(value: unknown): JobId | null {
  const digits = readInt64(value);
  return digits === null ? null : parseJobId(digits);
}
