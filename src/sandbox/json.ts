import { LosslessNumber, parse, stringify } from 'lossless-json';

export type JsonObject = Record<string, unknown>;

const smallest = -(2n ** 63n);
const largest = 2n ** 63n - 1n;

/** The canonical decimal digits of an int64; null for any other text. */
export function int64Digits(text: string): string | null {
  if (!/^-?\d{1,19}$/.test(text)) return null;
  const value = BigInt(text);
  return value >= smallest && value <= largest ? value.toString() : null;
}

/** A JSON number that keeps every digit. */
export function jsonNumber(digits: string): LosslessNumber {
  return new LosslessNumber(digits);
}

/** The digits of an int64 that `parseObject` read; null for any other value. */
export function int64Of(value: unknown): string | null {
  return value instanceof LosslessNumber ? int64Digits(value.value) : null;
}

/** Reads a JSON object, its numbers as LosslessNumber; null for anything else. */
export function parseObject(text: string): JsonObject | null {
  try {
    const value = parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function toJson(value: JsonObject | readonly unknown[]): string {
  return stringify(value) ?? '';
}

function isObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber)
  );
}
