/** For JSON.parse: what is named `at`, `…At`, `…Until` or `…Since` in a record is an instant. */
export function reviveInstant(key: string, value: unknown): unknown {
  return typeof value === 'string' && /^at$|At$|Until$|Since$/.test(key) ? new Date(value) : value;
}
