import type { Route } from './route.ts';

/** The process is alive. Checks nothing else. */
export const healthRoute: Route = {
  name: 'health',
  method: 'GET',
  path: 'health',
  auth: 'anonymous',
  handle: () => Promise.resolve(alive()),
};

export function alive(): Response {
  return Response.json({ status: 'alive' });
}

/** The service can work: its settings are right and its store answers. */
export const readyRoute: Route = {
  name: 'ready',
  method: 'GET',
  path: 'ready',
  auth: 'anonymous',
  async handle(useCases) {
    await useCases.checkStore();
    return Response.json({ status: 'ready' });
  },
};
