import { type JsonResult, parseLosslessJson } from '../../events/lossless-json.ts';

/**
 * Parses JSON losslessly. F&O puts an exception's text into its answer with raw line breaks and tabs, which JSON
 * forbids within text (RFC 8259, 7). If nothing else is wrong, this reads them as they are.
 */
export function parseLenientJson(text: string): JsonResult {
  const strict = parseLosslessJson(text);
  return strict.ok ? strict : parseLosslessJson(escapeControlCharacters(text));
}

/** A quoted text, perhaps cut off within it. A backslash keeps the next character from ending it. */
const quoted = /"(?:[^"\\]+|\\[^])*"?/g;

function escapeControlCharacters(text: string): string {
  return text.replaceAll(quoted, (string) =>
    string.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1)),
  );
}
