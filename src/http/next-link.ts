import { Problem } from './problem.ts';
import type { RouteRequest } from './route.ts';

/** The address of the next page, without the caller's key. */
export function nextLink(request: RouteRequest, name: string, value: string | null): { nextLink?: string } {
  if (value === null) return {};
  const url = new URL(request.url);
  const replaced = [...url.searchParams.keys()].filter((key) => ['code', name].includes(key.toLowerCase()));
  for (const key of replaced) url.searchParams.delete(key);
  url.searchParams.set(name, value);
  return { nextLink: url.href };
}

/** Reads the place of a page in its list, which only the store understands. Throws a Problem. */
export function readPosition(name: 'before' | 'after', text: string | null): string | null {
  if (text === null || /^[\w.~-]{1,200}$/.test(text)) return text;
  throw new Problem('invalid-parameter', `${name} must come from a nextLink.`);
}
