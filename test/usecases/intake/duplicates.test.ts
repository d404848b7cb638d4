import { expect, test } from 'vitest';
import type { Ledger } from '../../../src/ports/ledger.ts';
import type { WorkQueue } from '../../../src/ports/work-queue.ts';
import type { Fault } from '../../../src/sandbox/faults.ts';
import {
  type Answer,
  aService,
  failureEvent,
  nightlyPosting,
  type TestService,
} from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { everyJob } from '../../helpers/policies.ts';
import { routesCalled } from '../playing.ts';

const { jobId } = nightlyPosting;

/** Wraps a store so that `writes` names each call that writes. */
function countWrites() {
  const writes: string[] = [];
  const counted = <Port extends Ledger | WorkQueue>(port: Port, names: (keyof Port & string)[]): Port =>
    new Proxy(port, {
      get(target, name) {
        const found: unknown = Reflect.get(target, name, target);
        if (typeof found !== 'function') return found;
        return (...args: unknown[]) => {
          if (names.some((one) => one === name)) writes.push(String(name));
          return Reflect.apply(found, target, args);
        };
      },
    });
  return {
    writes,
    wrapLedger: (ledger: Ledger) => counted(ledger, ['write', 'updateEnvironment', 'prune']),
    wrapQueue: (queue: WorkQueue) => counted(queue, ['enqueue', 'postpone', 'deadLetter']),
  };
}

/** A process that dies before it queues anything, until `revive`. */
function dyingBeforeItQueues() {
  let isDead = true;
  const never = new Promise<never>(() => undefined);
  return {
    revive: () => (isDead = false),
    wrapQueue: (queue: WorkQueue) =>
      new Proxy(queue, {
        get: (target, name) =>
          name === 'enqueue' && isDead ? () => never : Reflect.get(target, name, target),
      }),
  };
}

const [entry] = everyJob.jobs;
const nothing = () => undefined;
const refuses = (fault: Fault, on: 'action' | 'read') => {
  return ({ sandbox }: TestService) => sandbox.faults.add(fault, { on });
};
const usesItUp = async (service: TestService) => {
  await service.deliver(await failureEvent(service));
};

test.each([
  ['requeued', everyJob, nothing],
  ['scheduled', { jobs: [{ ...entry, delays: ['PT10M'] }] }, nothing],
  ['deferred', everyJob, refuses({ kind: 'throttled', retryAfter: 60 }, 'action')],
  ['deferred', everyJob, refuses({ kind: 'reset', committed: false }, 'action')],
  ['deferred', everyJob, refuses({ kind: 'unavailable', status: 503 }, 'read')],
  ['exhausted', { jobs: [{ ...entry, maxRetries: 1 }] }, usesItUp],
  ['shadow', { jobs: [{ ...entry, mode: 'shadow' }] }, nothing],
])('a duplicate of a failure that was %s writes nothing', async (decision, policy, prepare) => {
  const { writes, ...wraps } = countWrites();
  await using service = await aService({ policy, ...wraps });
  await prepare(service);
  const event = await failureEvent(service);
  writes.length = 0;
  expect((await service.deliver(event)).body).toMatchObject({ decision });
  expect(writes).not.toEqual([]);
  writes.length = 0;
  for (let delivery = 2; delivery <= 3; delivery++) {
    expect((await service.deliver(event)).body).toMatchObject({ decision: 'duplicate' });
  }
  expect(writes).toEqual([]);
});

test('a duplicate queues the wake-up of a claim whose process may have died before it did', async () => {
  const { writes, ...wraps } = countWrites();
  const { revive, wrapQueue } = dyingBeforeItQueues();
  const clock = new ManualClock();
  await using service = await aService({
    clock,
    ...wraps,
    wrapQueue: (queue) => wrapQueue(wraps.wrapQueue(queue)),
  });
  const event = await failureEvent(service);
  void service.deliver(event);
  await expect.poll(() => writes).toContain('write');
  revive();
  writes.length = 0;

  const again = await inItsTurn(clock, service.deliver(event));
  expect(again).toMatchObject({ status: 202, body: { decision: 'duplicate' } });
  expect(writes).toEqual(['enqueue']);
  await clock.advance(40_000);
  await service.service.pollWorkQueue();
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('a failure that arrives while such a claim is leased queues its wake-up, too', async () => {
  const { writes, wrapLedger } = countWrites();
  const { revive, wrapQueue } = dyingBeforeItQueues();
  const clock = new ManualClock();
  await using service = await aService({ clock, wrapLedger, wrapQueue });
  void service.deliver(await failureEvent(service));
  await expect.poll(() => writes).toContain('write');
  revive();
  service.sandbox.setStatus(jobId, 'Waiting');
  const next = await failureEvent(service);
  const answer = await inItsTurn(clock, service.deliver(next));
  expect(answer.body).toMatchObject({ decision: 'deferred' });
  for (let minutes = 0; minutes < 10; minutes++) {
    await clock.advance(60_000);
    while ((await service.service.pollWorkQueue()) > 0);
  }
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('a failure that arrives while another one of its job is requeued is decided right after it', async () => {
  await using service = await aService();
  const older = await failureEvent(service);
  service.sandbox.setStatus(jobId, 'Waiting');
  const newer = await failureEvent(service);
  service.sandbox.faults.add({ kind: 'delay', ms: 300 }, { on: 'action' });
  const first = service.deliver(newer);
  await expect.poll(() => routesCalled(service)).toContain('action');

  const others = await Promise.all([service.deliver(older), service.deliver(newer)]);
  expect((await first).body).toMatchObject({ decision: 'requeued' });
  expect(others.map(({ body }) => body['decision'])).toEqual(['superseded', 'duplicate']);
  expect(others.map(({ status }) => status)).toEqual([200, 200]);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('the id of an event is written once, with the claim of its requeue', async () => {
  const written: (readonly string[])[] = [];
  await using service = await aService({
    wrapLedger: (ledger) =>
      new Proxy(ledger, {
        get(target, name) {
          if (name !== 'write') return Reflect.get(target, name, target);
          return (...[key, version, change]: Parameters<Ledger['write']>) => {
            written.push(change.eventIds);
            return target.write(key, version, change);
          };
        },
      }),
  });
  const answer = await service.deliver(await failureEvent(service));
  expect(answer.body).toMatchObject({ decision: 'requeued' });
  expect(written).toEqual([[answer.body['eventId']], []]);
});

/** What hangs in this process makes others of its job wait, but not for long. */
async function inItsTurn(clock: ManualClock, delivered: Promise<Answer>): Promise<Answer> {
  const answered = new AbortController();
  void delivered.finally(() => answered.abort());
  while (!answered.signal.aborted) {
    await clock.advance(100);
    await new Promise(setImmediate);
  }
  return delivered;
}
