import type { Composed } from './compose.ts';
import { answer } from './http/answer.ts';
import { Problem } from './http/problem.ts';
import type { Route, RouteParams, RouteRequest } from './http/route.ts';
import { routes } from './http/routes.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { UseCases } from './usecases/use-cases.ts';
import { jsonAnswer, type RouteAnswer } from './http/route-answer.ts';

export type { RouteAnswer, RouteRequest };

/** A route that is ready to be mounted. `handle` always resolves. */
export type MountedRoute = Pick<Route, 'name' | 'method' | 'path' | 'auth'> & {
  handle: (request: RouteRequest, params: RouteParams) => Promise<RouteAnswer>;
};

/**
 * What a host mounts. While the settings are wrong, routes answer with a problem, `receiveMessage` resolves to
 * `unavailable`, timers do nothing, and `consumeWorkMessage` and `checkStore` reject. If loading fails, timers
 * reject too.
 */
export type Service = { routes: readonly MountedRoute[] } & Pick<
  UseCases,
  | 'receiveMessage'
  | 'consumeWorkMessage'
  | 'pollWorkQueue'
  | 'pruneHistory'
  | 'sweep'
  | 'watch'
  | 'checkStore'
>;

/** The settings are wrong, for as long as the process lives. `reason` names each wrong one. */
export type Misconfigured = { kind: 'misconfigured'; reason: string };

/**
 * Creates a service that a host can mount before it is composed: each call waits for `load`, which the caller
 * memoizes. Errors before that go to `telemetry`.
 */
export function createService(telemetry: Telemetry, load: () => Promise<Composed | Misconfigured>): Service {
  const composed = async () => misconfigurationAsProblem(await load());
  return {
    routes: routes.map((route) => ({
      name: route.name,
      method: route.method,
      path: route.path,
      auth: route.auth,
      handle: (request, params) => answer(telemetry, () => handle(route.name, request, params)),
    })),
    receiveMessage: async (message, environment) => {
      try {
        const { ports, useCases } = await composed();
        const receive = () => useCases.receiveMessage(message, environment);
        return await ports.telemetry.span({ name: 'receive-message' }, receive, ({ kind }) => kind);
      } catch (error) {
        return { kind: 'unavailable', environment: environment ?? '', reason: reasonOf(error) };
      }
    },
    consumeWorkMessage: async (message) => (await composed()).useCases.consumeWorkMessage(message),
    pollWorkQueue: () => onTime(({ pollWorkQueue }) => pollWorkQueue()),
    pruneHistory: () => onTime(({ pruneHistory }) => pruneHistory()),
    sweep: () => onTime(({ sweep }) => sweep()),
    watch: () => onTime(({ watch }) => watch()),
    checkStore: async () => (await composed()).useCases.checkStore(),
  };

  /** Timers do nothing while the settings are wrong: the next tick comes anyway. */
  async function onTime(act: (useCases: UseCases) => Promise<number>): Promise<number> {
    const loaded = await load();
    return loaded.kind === 'misconfigured' ? 0 : act(loaded.useCases);
  }

  async function handle(name: string, request: RouteRequest, params: RouteParams): Promise<RouteAnswer> {
    const loaded = await load();
    if (loaded.kind === 'misconfigured' && name === 'health') return jsonAnswer({ status: 'alive' });
    return misconfigurationAsProblem(loaded).handleRequest(name, request, params);
  }
}

function misconfigurationAsProblem(loaded: Composed | Misconfigured): Composed {
  if (loaded.kind === 'misconfigured') throw new Problem('misconfigured', loaded.reason);
  return loaded;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
