import type { Route } from './route.ts';

/** Work on jobs that failed too often to be tried again by itself: a person must look. */
export const setAsideWorkRoute: Route = {
  name: 'set-aside-work',
  method: 'GET',
  path: 'set-aside-work',
  auth: 'function',
  async handle(useCases) {
    const setAside = await useCases.listSetAside();
    const value = setAside.map(({ work, reason, at }) => ({
      at,
      environment: work?.environment ?? null,
      jobId: work?.jobId ?? null,
      reason,
    }));
    return Response.json({ value });
  },
};
