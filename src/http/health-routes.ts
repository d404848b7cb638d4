import type { Part } from '../usecases/operate/part.ts';
import { problemDetails, problemResponse } from './problem.ts';
import type { Route } from './route.ts';
import { jsonAnswer } from './route-answer.ts';

/** The process is alive. Checks nothing else. */
export const healthRoute: Route = {
  name: 'health',
  method: 'GET',
  path: 'health',
  auth: 'anonymous',
  summary: 'Whether the process answers. Checks nothing else',
  answers: { 200: 'Alive' },
  problems: [],
  handle: () => Promise.resolve(jsonAnswer({ status: 'alive' })),
};

/**
 * Reports whether the service can work, and the state of each part. While settings are wrong, no request gets this
 * far.
 */
export const readyRoute: Route = {
  name: 'ready',
  method: 'GET',
  path: 'ready',
  auth: 'anonymous',
  summary:
    'Whether each part works. `store` and `work-queue` are read each time, and every 10 s the store is written to; `sign-in` and `fno` of each environment, and `causes`, show the last request of this instance, or a read at most once a minute (10 s while it fails); `watch` shows the last look of any instance, and perhaps a `note`. Restart a process by `health` only: while F&O fails, events are kept. `record` is one that another version of the service wrote, as far as this instance has met it',
  answers: {
    200: 'Every part works, but perhaps for single jobs: a `record` with a `jobId` fails, or no `causes` are found',
  },
  problems: ['not-ready'],
  async handle(useCases) {
    const parts = await useCases.checkParts();
    // Without causes, the service decides as before.
    const failing = parts.filter(
      ({ part, status, jobId }) => status === 'failing' && !jobId && part !== 'causes',
    );
    if (failing.length === 0) return jsonAnswer({ status: 'ready', parts });
    const problem = problemDetails('not-ready', failing.map(inWords).join(' '));
    return problemResponse({ ...problem, parts });
  },
};

function inWords({ part, environment, lastFailure }: Part): string {
  const where = environment === null ? '' : ` of ${environment}`;
  return `${part}${where}: ${lastFailure?.reason ?? ''}`;
}
