import type { Route } from './route.ts';

/** Work that could not be done and is not tried again by itself: a person must look. */
export const deadLettersRoute: Route = {
  name: 'dead-letters',
  method: 'GET',
  path: 'dead-letters',
  auth: 'function',
  async handle(useCases) {
    const deadLetters = await useCases.listDeadLetters();
    const value = deadLetters.map(({ id, item, reason, at }) => ({
      id,
      at,
      kind: item?.kind ?? null,
      environment: item?.environment ?? null,
      jobId: item?.jobId ?? null,
      reason,
    }));
    return Response.json({ value });
  },
};
