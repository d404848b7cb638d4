/** Telemetry tables have no use for longer text. */
const maxLength = 1000;

/** Patterns for secrets and e-mail addresses in any text, each with its replacement. */
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

/** Returns text that may leave the service: without e-mail addresses, tokens and keys, and shortened. */
export function scrub(text: string): string {
  // Cuts first, to a little more than the limit: a pattern's time grows with its text.
  let clean = text.slice(0, maxLength * 2);
  for (const [what, pattern] of secrets) clean = clean.replace(pattern, what);
  return clean.slice(0, maxLength);
}
