import { expect, test } from 'vitest';
import { aService, failureEvent, nightlyPosting, type TestService } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { attentions, minute, pass, routesCalled, theJob } from '../playing.ts';

const { jobId } = nightlyPosting;
const hour = 60 * minute;

test('requests whose answers are lost again and again come ever later, until they are given up', async () => {
  await using service = await aService();
  service.sandbox.faults.add({ kind: 'reset' }, { on: 'action', times: Infinity });
  await service.deliver(await failureEvent(service));
  await pass(service, 10 * minute);
  const early = actionsOf(service);
  expect(early).toBeGreaterThan(3);
  expect(early).toBeLessThan(10);

  await pass(service, 25 * hour);
  expect(actionsOf(service)).toBeLessThan(70);
  expect(service.sandbox.requeues(jobId)).toBe(0);
  expect(await theJob(service)).toMatchObject({ state: 'refused', retriesUsed: 0 });
  expect(attentions(service)).toEqual([expect.stringMatching(/answers keep getting lost.*gives up/)]);
});

test('Retry-After holds, too, for a request that comes after one of unknown fate', async () => {
  const nightly = { ...nightlyPosting, recurrence: { everyMs: 24 * hour } };
  await using service = await aService({ jobs: [nightly] });
  service.sandbox.faults.add({ kind: 'reset' }, { on: 'action' });
  service.sandbox.faults.add({ kind: 'throttled', retryAfter: 600 }, { on: 'action' });
  await service.deliver(await failureEvent(service));
  while (actionsOf(service) < 2) await pass(service, minute / 2);
  const called = routesCalled(service).length;

  await pass(service, 9 * minute);
  expect(routesCalled(service)).toHaveLength(called);
  await pass(service, 2 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(await theJob(service)).toMatchObject({ state: 'requeued', retriesUsed: 1 });
});

test('a wake-up that is due before its record could be written is not lost', async () => {
  await using service = await aServiceWithSlowStore();
  service.sandbox.faults.add({ kind: 'throttled', retryAfter: 1 }, { on: 'action' });
  expect((await service.deliver(await failureEvent(service))).body).toMatchObject({ decision: 'deferred' });

  await pass(service, minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('an announcement is not late because its record was written slowly', async () => {
  await using service = await aServiceWithSlowStore();
  service.sandbox.faults.add({ kind: 'refused' }, { on: 'action' });
  expect((await service.deliver(await failureEvent(service))).body).toMatchObject({ decision: 'refused' });

  await pass(service, minute);
  expect(attentions(service)).toHaveLength(1);
});

/** Writing the request's outcome takes 1.5 s; due work is processed meanwhile. */
async function aServiceWithSlowStore(): Promise<TestService> {
  let writes = 0;
  const clock = new ManualClock();
  const service = await aService({
    clock,
    wrapLedger: (ledger) => {
      const write = ledger.write.bind(ledger);
      ledger.write = async (...args) => {
        if (++writes === 2) {
          await clock.advance(1500);
          await service.service.pollWorkQueue();
        }
        return write(...args);
      };
      return ledger;
    },
  });
  return service;
}

function actionsOf(service: TestService): number {
  return routesCalled(service).filter((route) => route === 'action').length;
}
