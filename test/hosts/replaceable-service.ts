import type { Service } from '../../src/service.ts';

/** Routes that pass every request on to the service that was last set: @azure/functions mounts once a process. */
export function aReplaceableService(first: Service): Service & { use: (service: Service) => void } {
  let current = first;
  return {
    routes: first.routes.map((route) => ({
      ...route,
      handle: (request, params) => {
        const found = current.routes.find(({ name }) => name === route.name);
        if (!found) throw new Error(`No route is named ${route.name}`);
        return found.handle(request, params);
      },
    })),
    receiveMessage: (message, environment) => current.receiveMessage(message, environment),
    consumeWorkMessage: (message) => current.consumeWorkMessage(message),
    pollWorkQueue: () => current.pollWorkQueue(),
    pruneHistory: () => current.pruneHistory(),
    sweep: () => current.sweep(),
    watch: () => current.watch(),
    checkStore: () => current.checkStore(),
    use: (service) => {
      current = service;
    },
  };
}
