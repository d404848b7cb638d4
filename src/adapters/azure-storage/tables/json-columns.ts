/**
 * A string column holds 64 KiB of UTF-16, 32,768 units, and an entity 1 MiB in all.
 * @see https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
 */
const columnLength = 32_000;

const column = (index: number) => `json${index}`;

/**
 * Spreads a record's JSON over as many columns as it needs. Escapes everything but plain ASCII, as JSON allows
 * within its strings: so no surrogate pair is cut in two, and Azurite fails on U+2028 in a transaction.
 */
export function toColumns(json: string): Record<string, string> {
  const text = json.replaceAll(/[^\u0020-\u007E]/g, escape);
  const columns: Record<string, string> = {};
  for (let start = 0; start < text.length; start += columnLength) {
    columns[column(start / columnLength)] = text.slice(start, start + columnLength);
  }
  return columns;
}

export function fromColumns(row: Readonly<Record<string, unknown>>): string {
  let text = '';
  for (let index = 0; ; index++) {
    const part = row[column(index)];
    if (typeof part !== 'string') return text;
    text += part;
  }
}

function escape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
