import type { RouteParams, RouteRequest } from '../../src/http/route.ts';
import type { MountedRoute } from '../../src/service.ts';

/** Asks a route as a host would, with the request and the answer of the web's standard. */
export async function askRoute(
  route: MountedRoute,
  request: Request,
  params: RouteParams = {},
): Promise<Response> {
  const { status, headers, body } = await route.handle(routeRequest(request), params);
  return new Response(body, { status, headers });
}

export function routeRequest({ method, url, headers, body }: Request): RouteRequest {
  const readBody: RouteRequest['readBody'] = async (take) => {
    for await (const chunk of body ?? []) if (!take(chunk)) break;
  };
  return { method, url, headers, readBody };
}
