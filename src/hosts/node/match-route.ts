import type { RouteParams } from '../../http/route.ts';
import type { MountedRoute } from '../../service.ts';

export type Match = { route: MountedRoute; params: RouteParams };

/**
 * Finds the route of a request as the Functions host does: ignores case, accepts a slash at the end of the path,
 * and treats HEAD as a method of its own. The path is under /api.
 */
export function createMatchRoute(routes: readonly MountedRoute[]) {
  const patterns = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  return function matchRoute(method: string, path: string): Match | null {
    for (const { route, pattern } of patterns) {
      const match = route.method === method ? pattern.exec(path) : null;
      if (match) return { route, params: decodeAll(match.groups ?? {}) };
    }
    return null;
  };
}

function patternOf(path: string): RegExp {
  const segments = path.split('/').map((segment) => segment.replace(/^\{(\w+)\}$/, '(?<$1>[^/]+)'));
  return new RegExp(`^/api/${segments.join('/')}/?$`, 'i');
}

function decodeAll(groups: Record<string, string>): RouteParams {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decode(value)]));
}

/** Keeps text that is not percent-encoded as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
