/** For JSON.parse: properties named `at`, `…At`, `…Until` or `…Since` become instants. */
export function reviveInstant(key: string, value: unknown): unknown {
  return typeof value === 'string' && /^at$|At$|Until$|Since$/.test(key) ? new Date(value) : value;
}
