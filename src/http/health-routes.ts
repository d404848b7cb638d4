import type { Part } from '../usecases/operate/readiness.ts';
import { problemDetails, problemResponse } from './problem.ts';
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

/** Whether the service can work, and how each part does. While settings are wrong, no route gets as far as this. */
export const readyRoute: Route = {
  name: 'ready',
  method: 'GET',
  path: 'ready',
  auth: 'anonymous',
  async handle(useCases) {
    const parts = await useCases.checkParts();
    const failing = parts.filter(({ status }) => status === 'failing');
    if (failing.length === 0) return Response.json({ status: 'ready', parts });
    const problem = problemDetails('not-ready', failing.map(inWords).join(' '));
    return problemResponse({ ...problem, parts });
  },
};

function inWords({ part, environment, lastFailure }: Part): string {
  const where = environment === null ? '' : ` of ${environment}`;
  return `${part}${where}: ${lastFailure?.reason ?? ''}`;
}
