/** Longer text is of no use in a table of telemetry. */
const maxLength = 1000;

/** What may be a secret or a person's address, wherever text comes from; each is replaced by what it was. */
const secrets: readonly [what: string, pattern: RegExp][] = [
  ['(e-mail address)', /[^\s@<>"'(),;:]+@[^\s@<>"'(),;:]+\.[^\s@<>"'(),;:]+/g],
  ['(token)', /\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g],
  ['$1(token)', /\b(Bearer\s+)[\w.~+/-]+=*/gi],
  [
    '$1(key)',
    /\b((?:AccountKey|SharedAccessKey|SharedAccessSignature|InstrumentationKey)\s*=\s*)[^;\s"']+/gi,
  ],
  [
    '$1(secret)',
    /([?&;\s"'](?:code|sig|key|token|access_token|client_secret|api[_-]?key|password|pwd)["']?\s*[=:]\s*["']?)[^&\s"';,]+/gi,
  ],
  ['$1(secret)', /(x-functions-key["']?\s*[=:]\s*["']?)[^&\s"';,]+/gi],
];

/** Text as it may leave the service: without e-mail addresses, tokens and keys, and not too long. */
export function scrub(text: string): string {
  // Cut first, a little longer: a pattern takes time that grows with its text.
  let clean = text.slice(0, maxLength * 2);
  for (const [what, pattern] of secrets) clean = clean.replace(pattern, what);
  return clean.slice(0, maxLength);
}
