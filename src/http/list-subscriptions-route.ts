import type { Route } from './route.ts';

/** Who is subscribed, and whether deliveries arrive. Neither the address nor the whole id: both are secrets. */
export const listSubscriptionsRoute: Route = {
  name: 'list-subscriptions',
  method: 'GET',
  path: 'subscriptions',
  auth: 'function',
  summary:
    'Who is subscribed, and whether deliveries arrive. Neither the callback address nor the whole id: both are secrets',
  answers: { 200: 'The list, also an empty one' },
  problems: ['store-unavailable'],
  async handle(useCases) {
    return Response.json({ value: await useCases.listSubscriptions() });
  },
};
