import type { Telemetry } from '../ports/telemetry.ts';
import type { UseCases } from '../usecases/use-cases.ts';
import { requireAllowedClient } from './allowed-clients.ts';
import { answer } from './answer.ts';
import { businessEventsOfEnvironmentRoute, businessEventsRoute } from './business-events-route.ts';
import type { Route, RouteParams, RouteRequest } from './route.ts';
import type { RouteAnswer } from './route-answer.ts';
import { routes } from './routes.ts';

/** Answers a request to the route of that name. Never rejects. */
export type HandleRequest = (
  name: string,
  request: RouteRequest,
  params: RouteParams,
) => Promise<RouteAnswer>;

/**
 * Applications that may deliver events, and those that may use the other routes. Null: every caller with the key.
 */
type ClientIds = {
  webhookClientIds: readonly string[] | null;
  allowedClientIds: readonly string[] | null;
};

export function createHandleRequest(
  useCases: UseCases,
  telemetry: Telemetry,
  clientIds: ClientIds,
): HandleRequest {
  return async function handleRequest(name, request, params) {
    const route = routes.find((candidate) => candidate.name === name);
    if (!route) throw new Error(`No route is named ${name}.`);
    return telemetry.span(
      { name: 'answer', route: route.name, method: route.method },
      () =>
        answer(telemetry, () => {
          if (route.auth === 'function') requireAllowedClient(request, clientIdsFor(route, clientIds));
          return route.handle(useCases, request, params);
        }),
      ({ status }) => String(status),
    );
  };
}

/** F&O's own endpoint cannot sign in, so a separate setting says who may deliver events. */
function clientIdsFor({ path }: Route, { webhookClientIds, allowedClientIds }: ClientIds) {
  const isForEvents = [businessEventsRoute, businessEventsOfEnvironmentRoute].some(
    (route) => route.path === path,
  );
  return isForEvents ? webhookClientIds : allowedClientIds;
}
