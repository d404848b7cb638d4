import type { RouteParams } from '../../http/route.ts';
import type { MountedRoute } from '../../service.ts';

export type Match = { route: MountedRoute; params: RouteParams };

/**
 * Finds the route of a request as the Functions host does: ignores case, accepts a slash at the end of the path,
 * and treats HEAD as a method of its own. The path is under /api.
 */
export function createMatchRoute(routes: readonly MountedRoute[]) {
  const all = routes.map((route) => ({ route, segments: segmentsOf(route.path) }));
  return function matchRoute(method: string, path: string): Match | null {
    const [before, root = '', ...found] = path.split('/');
    if (before !== '' || root.toLowerCase() !== 'api') return null;
    if (found.at(-1) === '') found.pop();
    for (const { route, segments } of all) {
      const params = route.method === method ? paramsOf(segments, found) : null;
      if (params) return { route, params };
    }
    return null;
  };
}

type Segment = { text: string; isParameter: boolean };

function segmentsOf(path: string): Segment[] {
  return path.split('/').map((text) => {
    const name = /^\{(\w+)\}$/.exec(text)?.[1];
    return { text: name ?? text, isParameter: name !== undefined };
  });
}

/** The values of the parameters, if the path has these segments. */
function paramsOf(segments: readonly Segment[], found: readonly string[]): RouteParams | null {
  if (segments.length !== found.length) return null;
  const params: Record<string, string> = {};
  for (const [index, { text, isParameter }] of segments.entries()) {
    const value = found[index] ?? '';
    if (isParameter && value !== '') params[text] = decode(value);
    else if (isParameter || value.toLowerCase() !== text) return null;
  }
  return params;
}

/** Keeps text that is not percent-encoded as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
