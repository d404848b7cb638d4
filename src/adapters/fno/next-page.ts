export type NextPage =
  | { kind: 'none' }
  /** A path and query on the environment's own host. */
  | { kind: 'page'; path: string }
  /** A link not to follow: it would send the token to another host, or lead nowhere new. */
  | { kind: 'elsewhere'; where: string };

/**
 * Resolves `@odata.nextLink` of the page at `path`: it may be relative to that page, and may write the host in
 * another case or with its default port.
 * @see https://docs.oasis-open.org/odata/odata-json-format/v4.01/odata-json-format-v4.01.html (nextLink)
 */
export function nextPage(nextLink: string | null, path: string, orgUrl: string): NextPage {
  if (nextLink === null) return { kind: 'none' };
  const url = URL.parse(nextLink, `${orgUrl}${path}`);
  if (!url) return { kind: 'elsewhere', where: 'to an invalid address' };
  if (url.origin !== new URL(orgUrl).origin) return { kind: 'elsewhere', where: `to ${originOf(url)}` };
  const next = `${url.pathname}${url.search}`;
  return next === path ? { kind: 'elsewhere', where: 'back to the same page' } : { kind: 'page', path: next };
}

function originOf({ protocol, host }: URL): string {
  return host === '' ? `an address of ${protocol}` : `${protocol}//${host}`;
}
