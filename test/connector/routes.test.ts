import { expect, test } from 'vitest';
import { routes } from '../../src/http/routes.ts';
import { definition, operationsOf } from './swagger.ts';

/** Routes that are not for flows, with the reason. */
const notForFlows = new Map([
  ['OPTIONS business-events', 'for senders of CloudEvents: are their events wanted here'],
  ['OPTIONS business-events/{environment}', 'the same'],
  [
    'POST business-events/{environment}',
    'for addresses without a query: flows name the environment in a field',
  ],
  ['GET health', 'for the platform: is the process alive'],
  ['GET ready', 'for the platform: can it work'],
  ['GET subscriptions', 'for people who look after the service: do deliveries arrive'],
  [
    'POST subscriptions',
    'for scripts: each trigger of the connector subscribes to its one event by a path of its own',
  ],
]);

const known = routes.map(({ method, path }) => ({ method, path, name: `${method} ${path}` }));
const operations = operationsOf(definition).map(({ method, path, operation: { operationId } }) => ({
  method: method.toUpperCase(),
  path: path.slice(1),
  operationId,
}));

test('every operation of the definition matches a route', () => {
  const unmatched = operations.filter((operation) => !routeOf(operation));
  expect(unmatched).toEqual([]);
});

test('every route has an operation, but for those that are not for flows', () => {
  const matched = new Set(operations.map((operation) => routeOf(operation)?.name));
  const without = known.filter(({ name }) => !matched.has(name) && !notForFlows.has(name));
  expect(without).toEqual([]);
});

/** The route by that very path, else one whose parameters the path fits, as a host finds it. */
function routeOf({ method, path }: { method: string; path: string }) {
  const candidates = known.filter((route) => route.method === method);
  return (
    candidates.find((route) => route.path === path) ??
    candidates.find((route) => !path.includes('{') && pattern(route.path).test(path))
  );
}

function pattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}
