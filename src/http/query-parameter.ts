import { Problem } from './problem.ts';
import type { RouteRequest } from './route.ts';

/**
 * Reads a parameter of the query, ignoring the case of its name; null if it is absent. Throws a Problem if it occurs
 * twice: one of two environments must not win silently.
 */
export function queryParameter(request: Pick<RouteRequest, 'url'>, name: string): string | null {
  // Most addresses have none, and a URL takes long to parse.
  if (!request.url.includes('?')) return null;
  const found = [...new URL(request.url).searchParams].filter(([key]) => key.toLowerCase() === name);
  if (found.length > 1) {
    throw new Problem(
      'invalid-parameter',
      `${name} occurs ${found.length} times in the address; name it once.`,
    );
  }
  return found[0]?.[1] ?? null;
}
