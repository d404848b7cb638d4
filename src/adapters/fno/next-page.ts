export type NextPage =
  | { kind: 'none' }
  /** The path and query, which are the environment's own. */
  | { kind: 'page'; path: string }
  /** Following it would send the token to somebody else. */
  | { kind: 'elsewhere'; where: string };

/**
 * Where `@odata.nextLink` of the page at `path` leads: it may be relative to that page, and write the host in other
 * letters or with its default port.
 * @see https://docs.oasis-open.org/odata/odata-json-format/v4.01/odata-json-format-v4.01.html (nextLink)
 */
export function nextPage(nextLink: string | null, path: string, orgUrl: string): NextPage {
  if (nextLink === null) return { kind: 'none' };
  const url = URL.parse(nextLink, `${orgUrl}${path}`);
  if (!url) return { kind: 'elsewhere', where: 'to what is no address' };
  if (url.origin !== new URL(orgUrl).origin) return { kind: 'elsewhere', where: `to ${originOf(url)}` };
  const next = `${url.pathname}${url.search}`;
  return next === path ? { kind: 'elsewhere', where: 'back to the same page' } : { kind: 'page', path: next };
}

function originOf({ protocol, host }: URL): string {
  return host === '' ? `an address of ${protocol}` : `${protocol}//${host}`;
}
