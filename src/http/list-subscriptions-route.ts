import type { Route } from './route.ts';
import { jsonAnswer } from './route-answer.ts';

/**
 * Lists the subscriptions and whether deliveries arrive, without the address and the whole id: both are secrets.
 */
export const listSubscriptionsRoute: Route = {
  name: 'list-subscriptions',
  method: 'GET',
  path: 'subscriptions',
  auth: 'function',
  summary:
    'The subscriptions, and whether deliveries arrive. Without the callback address and the whole id: both are secrets',
  answers: { 200: 'The list, also an empty one' },
  problems: ['store-unavailable'],
  async handle(useCases) {
    return jsonAnswer({ value: await useCases.listSubscriptions() });
  },
};
