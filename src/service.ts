import { requireAllowedClient } from './http/allowed-clients.ts';
import { answer } from './http/answer.ts';
import { businessEventsOfEnvironmentRoute, businessEventsRoute } from './http/business-events-route.ts';
import { problemDetails, problemResponse } from './http/problem.ts';
import type { Route, RouteParams } from './http/route.ts';
import { routes } from './http/routes.ts';
import { type Observer, unobserved } from './ports/observer.ts';
import type { Ports } from './ports/ports.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { Config } from './settings/config.ts';
import { environmentNames, nameEnvironmentOf } from './settings/environment-names.ts';
import { readPolicyDocument } from './settings/policy-document.ts';
import { observePorts } from './usecases/engine/observe-ports.ts';
import { createUseCases, type UseCases } from './usecases/use-cases.ts';

/** A route that is ready to be mounted. `handle` always resolves. */
export type MountedRoute = Pick<Route, 'name' | 'method' | 'path' | 'auth'> & {
  handle: (request: Request, params: RouteParams) => Promise<Response>;
};

export type Service = {
  routes: readonly MountedRoute[];
} & Pick<
  UseCases,
  'receiveMessage' | 'consumeWorkMessage' | 'pollWorkQueue' | 'pruneHistory' | 'sweep' | 'checkStore'
>;

/** Puts the service together from the adapters that an entry file chose. */
export function createService(
  adapters: Omit<Ports, 'observer'> & { observer?: Observer },
  config: Config,
): Service {
  const ports = observePorts({ observer: unobserved, ...adapters });
  const useCases = createUseCases(ports, {
    environments: config.environments,
    policy: config.policy,
    requeuesPerMinute: config.requeuesPerMinute,
    readPolicy: (document) =>
      readPolicyDocument(
        document,
        config.environments.map(({ name }) => name),
      ),
    eventIds: config.eventIds,
    eventSchemas: config.eventSchemas,
    responseBudgetMs: config.responseBudgetMs,
  });
  const names = environmentNames(config.environments);
  return {
    routes: mount(ports, (route, request, params) => {
      if (route.auth === 'function') requireAllowedClient(request, clientIdsFor(route, config));
      return route.handle(useCases, request, params);
    }),
    receiveMessage: (message, environment) =>
      ports.observer.step(
        { name: 'receive-message' },
        () => useCases.receiveMessage(message, environment),
        ({ kind }) => kind,
      ),
    consumeWorkMessage: ({ value, ...message }) =>
      useCases.consumeWorkMessage({ ...message, value: nameEnvironmentOf(value, names) }),
    pollWorkQueue: useCases.pollWorkQueue,
    pruneHistory: useCases.pruneHistory,
    sweep: useCases.sweep,
    checkStore: useCases.checkStore,
  };
}

/** F&O's own endpoint cannot sign in: who may deliver events is a setting of its own. */
function clientIdsFor({ path }: Route, config: Config): readonly string[] | null {
  const isForEvents = [businessEventsRoute, businessEventsOfEnvironmentRoute].some(
    (route) => route.path === path,
  );
  return isForEvents ? config.webhookClientIds : config.allowedClientIds;
}

/**
 * The service while the settings are wrong: every route but `health` answers 503 with the reason, and what a queue's
 * trigger delivers is refused, so that it comes again when they are right.
 */
export function createMisconfiguredService(telemetry: Telemetry, reason: string): Service {
  const problem = problemDetails('misconfigured', reason);
  return {
    routes: mount({ telemetry, observer: unobserved }, ({ name }) =>
      Promise.resolve(name === 'health' ? Response.json({ status: 'alive' }) : problemResponse(problem)),
    ),
    receiveMessage: () => Promise.resolve({ kind: 'unavailable', environment: 'default', reason }),
    consumeWorkMessage: () => Promise.reject(new Error(reason)),
    pollWorkQueue: () => Promise.resolve(0),
    pruneHistory: () => Promise.resolve(0),
    sweep: () => Promise.resolve(0),
    checkStore: () => Promise.resolve(),
  };
}

function mount(
  { telemetry, observer }: Pick<Ports, 'telemetry' | 'observer'>,
  handle: (route: Route, request: Request, params: RouteParams) => Promise<Response>,
): MountedRoute[] {
  return routes.map((route) => ({
    name: route.name,
    method: route.method,
    path: route.path,
    auth: route.auth,
    handle: (request, params) =>
      observer.step(
        { name: 'answer', route: route.name, method: route.method },
        () => answer(telemetry, () => handle(route, request, params)),
        ({ status }) => String(status),
      ),
  }));
}
