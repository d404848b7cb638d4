import { parse } from 'lossless-json';
import { parsePlainJson } from './plain-json.ts';

export type JsonResult = { ok: true; value: unknown } | { ok: false; reason: string };

/**
 * An int64 has no more digits, its sign included. Longer runs become ordinary numbers, so that no input is slow to
 * convert.
 */
const maxIntegerDigits = 20;

/**
 * Parses JSON without losing digits: integers beyond 2^53 become a bigint. Rejects a key that occurs twice with two
 * values: nothing shows which of two job ids the sender meant.
 */
export function parseLosslessJson(text: string): JsonResult {
  const plain = parsePlainJson(text);
  if (plain) return { ok: true, value: plain.value };
  return parseSlowly(text);
}

function parseSlowly(text: string): JsonResult {
  try {
    return { ok: true, value: parse(text, null, parseNumber) };
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, reason: 'It is nested too deeply.' };
    if (error instanceof SyntaxError) return { ok: false, reason: `${shortened(error.message)}.` };
    throw error;
  }
}

function parseNumber(digits: string): number | bigint {
  const number = Number(digits);
  const isInteger = /^-?\d+$/.test(digits) && digits.length <= maxIntegerDigits;
  return isInteger && !Number.isSafeInteger(number) ? BigInt(digits) : number;
}

/** A parser's message may quote the input, which may be long. */
function shortened(message: string): string {
  return message.length <= 120 ? message.replace(/\.$/, '') : `${message.slice(0, 120)}…`;
}
