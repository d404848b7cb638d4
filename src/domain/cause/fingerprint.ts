/** Texts in quotes: mostly the name of a record. An apostrophe within a word is no quote. */
const quoted =
  /(?<![\p{L}\p{N}])(?:'[^'\n]{1,200}'|"[^"\n]{1,200}"|`[^`\n]{1,200}`|‘[^’\n]{1,200}’|“[^”\n]{1,200}”|«[^»\n]{1,200}»|„[^“”\n]{1,200}[“”])(?![\p{L}\p{N}])/gu;

/** Words with a digit in them: numbers, ids, GUIDs, dates, amounts, paths. */
const withDigit = /(?<![\p{L}\p{N}_])[-+]?[\p{L}\p{N}_]*\p{N}[\p{L}\p{N}_]*(?:[-.,:/\\+][\p{L}\p{N}_]+)*/gu;
const joinedToDigit = /(?:[\p{L}_]+[-.,:/\\+])+#/gu;

/** Enough to tell causes apart: what follows is mostly a call stack. */
const comparedLength = 500;

/** What equal causes have in common: the text without the numbers, ids, dates and quoted values that differ. */
export function causePattern(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(quoted, '#')
    .replace(withDigit, '#')
    .replace(joinedToDigit, '#')
    .trim()
    .toLowerCase()
    .slice(0, comparedLength);
}

/** The same for texts that have the same pattern. 16 hexadecimal digits: FNV-1a of 64 bits over UTF-16. */
export function fingerprintOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const unit of causePattern(text).split('')) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(unit.charCodeAt(0))) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}
