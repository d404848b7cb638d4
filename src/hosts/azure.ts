import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import type { MountedRoute, Service } from '../service.ts';

/**
 * Registers one function for each route, so that each has its row, metrics and key in the Azure portal.
 * Streaming, because otherwise the library drops a chunked body.
 * `inInvocation` runs the handling of a request so that what it logs belongs to the invocation.
 */
export function mountOnAzure(
  service: Service,
  inInvocation: (context: InvocationContext, handle: () => Promise<Response>) => Promise<Response>,
): void {
  app.setup({ enableHttpStream: true });
  for (const route of service.routes) {
    app.http(route.name, {
      methods: [route.method],
      authLevel: route.auth,
      route: route.path,
      handler: async (request, context) =>
        toHttpResponse(await inInvocation(context, () => handle(route, request))),
    });
  }
}

function handle(route: MountedRoute, request: HttpRequest): Promise<Response> {
  const { url, method, headers, params, body } = request;
  const isWithBody = method !== 'GET' && method !== 'HEAD' && body !== null;
  return route.handle(
    new Request(url, { method, headers, ...(isWithBody ? { body, duplex: 'half' } : {}) }),
    params,
  );
}

async function toHttpResponse(response: Response): Promise<HttpResponseInit> {
  return { status: response.status, headers: response.headers, body: await response.text() };
}
