/**
 * Reads an HTTP date in GMT, such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7); null for any other text.
 */
export function parseHttpDate(header: string | undefined): Date | null {
  const value = header?.trim() ?? '';
  const time = /^[A-Z][a-z]+, .* GMT$/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time);
}
