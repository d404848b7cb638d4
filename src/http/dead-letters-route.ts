import type { Route } from './route.ts';
import { jsonAnswer } from './route-answer.ts';

/** Lists the work that the service could not process and does not retry: a person must act. */
export const deadLettersRoute: Route = {
  name: 'dead-letters',
  method: 'GET',
  path: 'dead-letters',
  auth: 'function',
  summary:
    'Work that failed too often and that the service does not retry, the oldest first: [what to do](../operate/incidents/dead-letters.md)',
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
    return jsonAnswer({ value });
  },
};
