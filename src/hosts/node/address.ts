export type Address = { url: string; path: string };

/** The Host of the latest request, and its origin if it is no more than one. */
let latest: { host: string; origin: string | null } = { host: '', origin: null };

/**
 * The address that a request asks for, by its Host and its target; null if it is none. Parses only what is new or not
 * plain: most requests name the same Host, and a path of words is itself.
 */
export function readAddress(host: string, target: string): Address | null {
  if (!target.startsWith('/')) return parse(target);
  if (host !== latest.host) latest = { host, origin: originOf(host) };
  const isPlain = latest.origin !== null && /^(\/[\w-]+)+$/.test(target);
  return isPlain ? { url: `${latest.origin}${target}`, path: target } : parse(`http://${host}${target}`);
}

function originOf(host: string): string | null {
  const url = URL.parse(`http://${host}`);
  return url?.href === `${url?.origin}/` ? url.origin : null;
}

function parse(text: string): Address | null {
  const url = URL.parse(text);
  return url && { url: url.href, path: url.pathname };
}
