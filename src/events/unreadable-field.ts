/**
 * Describes an unreadable field that no decision needs. It shows the value's form instead of the value, so that the
 * text is the same for every event of one sender and reveals nothing personal.
 */
export function unreadableField(field: string, value: unknown, expected: string): string {
  return `${field} came as ${formOf(value)}, which cannot be read as ${expected}; it counts as missing.`;
}

function formOf(value: unknown): string {
  if (typeof value === 'string') return `text like ${JSON.stringify(textForm(value))}`;
  if (typeof value === 'number' || typeof value === 'bigint') return 'a number';
  if (typeof value === 'boolean') return 'true or false';
  return Array.isArray(value) ? 'a list' : 'an object';
}

const maxShown = 40;

/** Each digit as 9 and each letter as x. */
function textForm(text: string): string {
  const form = text
    .slice(0, maxShown)
    .replaceAll(/\p{N}/gu, '9')
    .replaceAll(/\p{L}/gu, 'x')
    .replaceAll(/[^\p{P}\p{S} 9x]/gu, '?');
  return text.length > maxShown ? `${form}…` : form;
}
