/** Nested deeper, JSON is none of F&O's. */
const maxDepth = 100;

/** An integer with fewer digits is exact as a number. */
const longDigits = 16;

/**
 * Parses JSON at native speed, or gives null if that could lose something: the text is not JSON, a key occurs twice, a
 * number is long or has an exponent, or it is nested deeply.
 */
export function parsePlainJson(text: string): { value: unknown } | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const keys = countKeysIn(text);
  return keys !== null && keys === countKeysOf(value) ? { value } : null;
}

/** Counts the keys that JSON text writes; null if it has a number that is long or has an exponent, or is nested deeply. */
function countKeysIn(text: string): number | null {
  let keys = 0;
  let depth = 0;
  let digits = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isDigit(code)) {
      digits += 1;
      if (digits === longDigits) return null;
      continue;
    }
    // An exponent may make nothing of a number.
    if (digits > 0 && isExponent(code)) return null;
    digits = 0;
    if (code === quote) at = endOfString(text, at);
    else if (code === colon) keys += 1;
    else if (isOpening(code) && ++depth > maxDepth) return null;
    else if (isClosing(code)) depth -= 1;
  }
  return keys;
}

/** Counts the keys that a parsed value has. */
function countKeysOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inside = Array.isArray(value) ? value : Object.values(value);
  let keys = Array.isArray(value) ? 0 : inside.length;
  for (const item of inside) keys += countKeysOf(item);
  return keys;
}

const quote = 0x22;
const colon = 0x3a;
const backslash = 0x5c;

function isExponent(code: number): boolean {
  return code === 0x65 || code === 0x45;
}

/** `at` is the place of the opening quote; the text is JSON. */
function endOfString(text: string, at: number): number {
  let end = at + 1;
  while (text.charCodeAt(end) !== quote) end += text.charCodeAt(end) === backslash ? 2 : 1;
  return end;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** `{` or `[` */
function isOpening(code: number): boolean {
  return code === 0x7b || code === 0x5b;
}

/** `}` or `]` */
function isClosing(code: number): boolean {
  return code === 0x7d || code === 0x5d;
}
