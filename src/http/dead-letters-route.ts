import type { Route } from './route.ts';

/** Work that could not be done and is not tried again by itself: a person must look. */
export const deadLettersRoute: Route = {
  name: 'dead-letters',
  method: 'GET',
  path: 'dead-letters',
  auth: 'function',
  summary:
    'Work that failed too often and is not tried again, the oldest first: [what to do](../operate/incidents/dead-letters.md)',
  answers: { 200: 'The list, also an empty one' },
  problems: ['store-unavailable'],
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
