/** For JSON.parse: what is named `at`, `…At` or `…Until` in a record is an instant. */
export function reviveInstant(key: string, value: unknown): unknown {
  return typeof value === 'string' && /^at$|At$|Until$/.test(key) ? new Date(value) : value;
}
