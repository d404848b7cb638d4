import { type JsonResult, parseLosslessJson } from '../../events/lossless-json.ts';

/**
 * Parses JSON losslessly. F&O puts the text of an exception into its answer with raw line breaks and tabs, which
 * JSON forbids within text (RFC 8259, 7): where nothing else is wrong, they are read as what they are.
 */
export function parseLenientJson(text: string): JsonResult {
  const strict = parseLosslessJson(text);
  return strict.ok ? strict : parseLosslessJson(escapeControlCharacters(text));
}

/** A text in quotes, or what was cut within one: what follows a backslash does not end it. */
const quoted = /"(?:[^"\\]+|\\[^])*"?/g;

function escapeControlCharacters(text: string): string {
  return text.replaceAll(quoted, (string) =>
    string.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1)),
  );
}
