/** Telemetry tables have no use for longer text. */
const defaultLength = 1000;

/** The end of a word that a cut may have left incomplete: at most so much of it is looked for. */
const longestWord = 500;

/** Where a secret in an address or a header ends: before what ends the sentence or the brackets around it, too. */
const end = String.raw`[)\]>.\\]*(?:[&\s"';,]|$)`;

/** Between a secret's name and its value, also in JSON, and in JSON that is a text of JSON. */
const is = String.raw`(?:\\*["'])?\s*[=:]\s*(?:\\*["'])?`;

/** A secret's value, unless a placeholder stands there: what this file writes, or the `…` of our own advice. */
const value = String.raw`(?!\\*["'])(?!(?:…|\((?:secret|token|key|e-mail address)\))${end})[^&\s"';,]+?(?=${end})`;

const names = 'code|sig|key|token|access_token|client[_ ]?secret|api[_-]?key|password|passwort|pwd';

/** Patterns for secrets and e-mail addresses in any text, each with its replacement. */
const secrets: readonly [what: string, pattern: RegExp][] = [
  ['(e-mail address)', /[^\s@<>"'(),;:]+@[^\s@<>"'(),;:]+\.[^\s@<>"'(),;:]+/g],
  ['(token)', /\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g],
  ['$1(token)', /\b(Bearer\s+)[\w.~+/-]+=*/gi],
  ['$1(secret)', new RegExp(String.raw`\b(Authorization${is}Basic\s+)[\w+/-]+=*`, 'gi')],
  ['$1(secret)', /(:\/\/[^\s/:@]+:)[^\s/@]+(?=@)/g],
  [
    '$1(key)',
    new RegExp(
      String.raw`\b((?:AccountKey|SharedAccessKey|SharedAccessSignature|InstrumentationKey)${is})(?!\\*["'])[^;\s"'\\]+`,
      'gi',
    ),
  ],
  ['$1(secret)', new RegExp(String.raw`((?:^|[?&;\s"'({])(?:${names})${is})${value}`, 'gi')],
  ['$1(secret)', new RegExp(String.raw`(x-functions-key${is})${value}`, 'gi')],
];

/** What each of the patterns needs: most texts hold none of it. */
const mayHoldSecret = /[@=:]|eyJ|bearer/i;

/** Returns text that may leave the service: without e-mail addresses, tokens and keys, and shortened. */
export function scrub(text: string, maxLength = defaultLength): string {
  // Cuts first, to a little more than the limit: a pattern's time grows with its text.
  let clean = cutAtWord(text, maxLength * 2);
  if (mayHoldSecret.test(clean)) for (const [what, pattern] of secrets) clean = clean.replace(pattern, what);
  return clean.slice(0, maxLength);
}

/** JSON whose texts may leave the service. It stays whole, whatever their length. */
export function scrubbedJson(value: object): string {
  return JSON.stringify(value, (_key, one: unknown) => (typeof one === 'string' ? scrub(one) : one));
}

/** Leaves out the word that the cut goes through: no pattern would recognize half a secret. */
function cutAtWord(text: string, length: number): string {
  if (text.length <= length) return text;
  const start = Math.max(length - longestWord, 0);
  return text.slice(0, start) + text.slice(start, length).replace(/\S+$/, '');
}
