declare const brand: unique symbol;

/** A batch job's id: an int64 as its decimal digits, since a JavaScript number is exact only to 2^53. */
export type JobId = string & { readonly [brand]: 'JobId' };

const int64Min = -(2n ** 63n);
const int64Max = 2n ** 63n - 1n;

/** The id in its one spelling (no leading zeros, no plus sign), or null if `text` is not an int64. */
export function parseJobId(text: string): JobId | null {
  if (isShort(text)) return text;
  if (!/^-?\d{1,19}$/.test(text)) return null;
  const canonical = BigInt(text).toString();
  return isJobId(canonical) ? canonical : null;
}

/** So that most ids, and all that F&O gives, need no BigInt. */
function isShort(text: string): text is JobId {
  return /^[1-9]\d{0,17}$/.test(text);
}

export function isInt64(value: bigint): boolean {
  return value >= int64Min && value <= int64Max;
}

function isJobId(digits: string): digits is JobId {
  return isInt64(BigInt(digits));
}
