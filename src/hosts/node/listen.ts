import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { problemDetails, problemResponse } from '../../http/problem.ts';
import type { RouteAnswer, RouteRequest, Service } from '../../service.ts';
import { routeRequestOf, send } from './exchange.ts';
import { carriesKey } from './function-key.ts';
import { createMatchRoute } from './match-route.ts';
import { perTurn } from './per-turn.ts';

export type NodeHost = {
  /** `http://<host>:<port>/api` */
  url: string;
  /** Accepts no more requests, and gives running ones 5 s. */
  close: () => Promise<void>;
  /** Resolves after it has closed. */
  closed: Promise<void>;
};

const graceMs = 5000;

/** Serves the routes on node:http, under /api as Azure Functions does. Rejects if it cannot listen. */
export async function listen(
  service: Service,
  { host, port, functionKey }: { host: string; port: number; functionKey: string | null },
): Promise<NodeHost> {
  const answer = createAnswer(service, functionKey);
  // Each write may wake its reader, in the midst of the other requests: sent together, a request costs a quarter less.
  const answers = perTurn<() => void>((all) => all.forEach((sendOne) => sendOne()));
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (incoming, outgoing) => {
    const asked = routeRequestOf(incoming);
    const sendLater = (answered: RouteAnswer) => answers.later(() => send(answered, incoming, outgoing));
    if (asked) void answer(asked.request, asked.path).then(sendLater);
    else sendLater({ status: 400, headers: {}, body: null });
  });
  server.listen(port, host);
  await once(server, 'listening');
  const closed = once(server, 'close').then(() => undefined);
  return { url: `${originOf(server, host)}/api`, close: () => close(server, closed), closed };
}

function createAnswer({ routes }: Service, functionKey: string | null) {
  const matchRoute = createMatchRoute(routes);
  return async function answer(request: RouteRequest, path: string): Promise<RouteAnswer> {
    const match = matchRoute(request.method, path);
    if (!match) {
      const detail = `There is no ${request.method} ${path}; docs/reference/routes.md lists the routes.`;
      return problemResponse(problemDetails('not-found', detail));
    }
    const { route, params } = match;
    if (functionKey !== null && route.auth === 'function' && !carriesKey(request, functionKey)) {
      const detail = 'Give the function key in the header x-functions-key, or in the query as code.';
      return problemResponse(problemDetails('unauthorized', detail));
    }
    return route.handle(request, params);
  };
}

function originOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}

async function close(server: Server, closed: Promise<void>): Promise<void> {
  server.close();
  // Otherwise an idle connection that is kept alive would delay this until it times out.
  const closeIdle = setInterval(() => server.closeIdleConnections(), 50);
  const graceOver = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(closeIdle);
  clearTimeout(graceOver);
}
