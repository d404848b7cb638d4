import type { Route } from './route.ts';

/**
 * Lists the subscriptions and whether deliveries arrive, without the address and the whole id: both are secrets.
 */
export const listSubscriptionsRoute: Route = {
  name: 'list-subscriptions',
  method: 'GET',
  path: 'subscriptions',
  auth: 'function',
  async handle(useCases) {
    return Response.json({ value: await useCases.listSubscriptions() });
  },
};
