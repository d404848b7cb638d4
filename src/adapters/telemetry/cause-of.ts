/** What an error says, with the codes and messages of what caused it: "fetch failed: ECONNREFUSED …". */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inner = error instanceof AggregateError ? error.errors : [error.cause ?? []].flat();
  const all = [error.message, ...code, ...inner.map(causeOf)].filter((part) => part !== '');
  return all.filter((part, index) => !all.slice(0, index).some((known) => known.includes(part))).join(': ');
}
