/** A table of the answer, as @azure/monitor-query-logs gives it. */
export type Table = {
  columnDescriptors: readonly { name?: string }[];
  rows: readonly (readonly unknown[])[];
};

/** For each row, its cells by the names of their columns, in lower case. */
export function columnsOf({ columnDescriptors, rows }: Table): ((name: string) => unknown)[] {
  const indexes = new Map(columnDescriptors.map(({ name = '' }, index) => [name.toLowerCase(), index]));
  return rows.map((row) => (name) => row[indexes.get(name) ?? -1]);
}

export function asText(value: unknown): string {
  const isPlain = ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
  return isPlain ? String(value) : '';
}

export function instantOf(value: unknown): Date | null {
  const at = value instanceof Date ? value : new Date(asText(value));
  return Number.isNaN(at.getTime()) ? null : at;
}
