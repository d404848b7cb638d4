import { expect, test } from 'vitest';
import { memoizeUntilFailure } from '../src/adapters/shared/memoize-until-failure.ts';
import type { Composed } from '../src/compose.ts';
import { routes } from '../src/http/routes.ts';
import { silentTelemetry, type Telemetry } from '../src/ports/telemetry.ts';
import { createService } from '../src/service.ts';
import { askRoute } from './helpers/ask-route.ts';
import { aService, readAnswer } from './helpers/a-service.ts';

/** A deferred service whose loading does as the given functions say, one after the other. */
function aDeferred(...loads: (() => Composed)[]) {
  const errors: string[] = [];
  let tries = 0;
  const telemetry: Telemetry = {
    ...silentTelemetry,
    record: (event) => {
      if (event.kind === 'error') errors.push(`${event.message} ${String(event.error)}`);
    },
  };
  const load = memoizeUntilFailure(async () => (loads[tries++] ?? notThere)());
  const service = createService(telemetry, load);
  const get = async (name: string) => {
    const route = service.routes.find((candidate) => candidate.name === name);
    if (!route) throw new Error(`No route is named ${name}.`);
    return readAnswer(await askRoute(route, new Request('http://127.0.0.1/api/')));
  };
  return { service, get, errors, tries: () => tries };
}

function notThere(): never {
  throw new Error('Cannot find module ./chunks/compose.mjs');
}

test('every route is there before the service is', () => {
  const { service, tries } = aDeferred(notThere);
  const told = service.routes.map(({ name, method, path, auth }) => ({ name, method, path, auth }));
  expect(told).toEqual(routes.map(({ name, method, path, auth }) => ({ name, method, path, auth })));
  expect(tries()).toBe(0);
});

test('a service that cannot be loaded is a problem with a line in the log, and is tried again', async () => {
  await using whole = await aService();
  const { get, errors, service, tries } = aDeferred(notThere, notThere, () => whole.composed);

  expect(await get('ready')).toMatchObject({ status: 500, body: { title: 'The service failed' } });
  expect(errors).toEqual(['A request failed. Error: Cannot find module ./chunks/compose.mjs']);
  await expect(service.sweep()).rejects.toThrow('Cannot find module');

  expect(await get('ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
  expect(tries()).toBe(3);
});

test('those who ask at once wait for one and the same service', async () => {
  await using whole = await aService();
  const { get, service, tries } = aDeferred(() => whole.composed);
  const [ready, list] = await Promise.all([get('ready'), get('list-batch-jobs'), service.checkStore()]);
  expect([ready.status, list.status]).toEqual([200, 200]);
  expect(tries()).toBe(1);
});
