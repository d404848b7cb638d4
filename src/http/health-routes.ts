import type { Route } from './route.ts';

/** The process is alive. Checks nothing else. */
export const healthRoute: Route = {
  name: 'health',
  method: 'GET',
  path: 'health',
  auth: 'anonymous',
  summary: 'Whether the process answers. Checks nothing else',
  answers: { 200: 'Alive' },
  problems: [],
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
  summary: 'Whether the service can work. It does not ask F&O',
  answers: { 200: 'Ready' },
  problems: ['store-unavailable'],
  async handle(useCases) {
    await useCases.checkStore();
    return Response.json({ status: 'ready' });
  },
};
