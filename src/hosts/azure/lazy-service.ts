import { answer } from '../../http/answer.ts';
import { routes } from '../../http/routes.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { Service } from '../../service.ts';

/**
 * The service before it is there: its routes can be mounted at once, and what is asked of it waits for `load`.
 * While that fails, a route answers with a problem, all else rejects, and the next call tries it again.
 */
export function lazyService(telemetry: Telemetry, load: () => Promise<Service>): Service {
  return {
    routes: routes.map(({ name, method, path, auth }) => ({
      name,
      method,
      path,
      auth,
      handle: (request, params) =>
        answer(telemetry, async () => {
          const route = (await load()).routes.find((candidate) => candidate.name === name);
          if (!route) throw new Error(`No route is named ${name}.`);
          return route.handle(request, params);
        }),
    })),
    receiveMessage: async (message, environment) => (await load()).receiveMessage(message, environment),
    consumeWorkMessage: async (message) => (await load()).consumeWorkMessage(message),
    pollWorkQueue: async () => (await load()).pollWorkQueue(),
    pruneHistory: async () => (await load()).pruneHistory(),
    sweep: async () => (await load()).sweep(),
    checkStore: async () => (await load()).checkStore(),
  };
}
