import { expect, test } from 'vitest';
import { aService, failureEvent, type ServiceSetup, type TestService } from '../../helpers/a-service.ts';
import { minute, pass } from '../playing.ts';
import { watchFor } from './watching.ts';

async function partOf(service: TestService): Promise<unknown> {
  const { parts } = (await service.get('ready')).body;
  return Array.isArray(parts) ? parts.find(({ part }: { part: string }) => part === 'watch') : undefined;
}

async function aWatch(setup: ServiceSetup = {}) {
  const service = await aService(setup);
  await service.service.watch();
  return service;
}

test('readiness shows the last look of the watch, whichever process did it', async () => {
  await using service = await aService();
  expect(await partOf(service)).toMatchObject({ status: 'unknown', checkedAt: null });
  await service.service.watch();
  const checkedAt = service.clock.now().toISOString();
  expect(await partOf(service)).toMatchObject({ environment: 'default', status: 'working', checkedAt });
});

test('a look that F&O did not answer fails, is logged once, and no text of F&O is public', async () => {
  await using service = await aWatch();
  service.sandbox.faults.add(
    { kind: 'business-error', message: 'Secret of Contoso' },
    { on: 'list', times: 3 },
  );
  await watchFor(service, 15 * minute);
  const reason = 'The last look could not see everything.';
  expect(await partOf(service)).toMatchObject({ status: 'failing', lastFailure: { reason } });
  expect(service.lines.filter((line) => line.includes('The watch of default'))).toHaveLength(1);
  await watchFor(service, 5 * minute);
  expect(await partOf(service)).toMatchObject({ status: 'working' });
});

test('a watch that stands still is told', async () => {
  await using service = await aWatch();
  await pass(service, 30 * minute);
  expect(await partOf(service)).toMatchObject({
    status: 'failing',
    lastFailure: { reason: 'The watch has not looked since 2026-03-02T01:00:00.000Z.' },
  });
});

test.each([
  [{}, {}, 'F&O shows no batch history: lost events of recurring jobs are not found.'],
  [
    { EVENTS: 'none' },
    {},
    'F&O shows no batch history and sends no events: failures of recurring jobs are not seen.',
  ],
  [{ EVENTS: 'none' }, { history: {} }, undefined],
])('what cannot be seen is said: with %j and an F&O with %j', async (settings, sandbox, note) => {
  await using service = await aWatch({ settings, sandbox });
  await failureEvent(service);
  await watchFor(service, 5 * minute);
  expect(await partOf(service)).toMatchObject({ status: 'working' });
  const part = await partOf(service);
  expect(JSON.stringify(part).includes('"note"')).toBe(note !== undefined);
  expect(part).toEqual(expect.objectContaining(note === undefined ? {} : { note }));
});

test('a watch that is off is no part of the service', async () => {
  await using service = await aWatch({ settings: { WATCH_EVERY: 'off' } });
  expect(await partOf(service)).toBeUndefined();
});
