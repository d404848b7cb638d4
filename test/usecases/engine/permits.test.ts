import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSqlite } from '../../../src/adapters/sqlite/open-sqlite.ts';
import type { EnvironmentChange } from '../../../src/ports/ledger.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import { silentTelemetry } from '../../../src/ports/telemetry.ts';
import { EnvironmentGate } from '../../../src/usecases/engine/environment-gate.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const minute = 60_000;
const environment = 'default';

const notUsed = (): never => {
  throw new Error('A gate does not use this.');
};

/** Gates of so many processes on one store. `writes` counts what they write of the environment. */
function aStore(processes: number, perMinute: number) {
  const clock = new ManualClock();
  const { close, ...store } = openSqlite(':memory:', clock);
  const counted = { writes: 0 };
  const update = store.ledger.updateEnvironment.bind(store.ledger);
  store.ledger.updateEnvironment = <Result>(name: string, change: EnvironmentChange<Result>) => {
    counted.writes += 1;
    return update(name, change);
  };
  const ports: Ports = {
    ...store,
    clock,
    telemetry: silentTelemetry,
    batchJobs: notUsed,
    runSearch: notUsed,
    failureTexts: notUsed,
    subscribers: { whyNotAllowed: notUsed, notify: notUsed },
    randomness: { random: notUsed, uuid: notUsed },
    forcefulStop: new AbortController().signal,
  };
  const gates = Array.from({ length: processes }, () => new EnvironmentGate(ports, perMinute));
  const gate = (process: number): EnvironmentGate => {
    const found = gates[process];
    if (!found) throw new Error(`There is no process ${process}.`);
    return found;
  };
  return { clock, gate, counted, ledger: store.ledger, [Symbol.dispose]: close };
}

const step = fc.record({
  process: fc.nat({ max: 2 }),
  gapMs: fc.oneof(fc.constant(0), fc.nat({ max: 5000 }), fc.nat({ max: 40_000 })),
  isUsed: fc.boolean(),
});

test('whichever processes ask whenever, no minute has more requeues than the limit', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 150, size: 'max' }),
      fc.integer({ min: 1, max: 70 }),
      async (steps, perMinute) => {
        using store = aStore(3, perMinute);
        const sentIn = new Map<number, number>();
        for (const { process, gapMs, isUsed } of steps) {
          await store.clock.advance(gapMs);
          const gate = store.gate(process);
          const permit = await gate.acquirePermit(environment);
          if (permit.kind !== 'granted') continue;
          if (!isUsed) {
            gate.returnPermit(environment, permit);
            continue;
          }
          const minuteStartedAt = await store.ledger.updateEnvironment(environment, (state) => {
            if (!state) throw new Error('A permit was given that nobody took.');
            return { state, result: state.minuteStartedAt.getTime() };
          });
          if (minuteStartedAt === null) throw new Error('The store has no answer.');
          expect(store.clock.now().getTime() - minuteStartedAt).toBeLessThan(minute);
          sentIn.set(minuteStartedAt, (sentIn.get(minuteStartedAt) ?? 0) + 1);
        }
        for (const sent of sentIn.values()) expect(sent).toBeLessThanOrEqual(perMinute);
      },
    ),
    { numRuns: 200 },
  );
});

test('a process that asks alone gets all permits of the minute, in a few writes', async () => {
  using store = aStore(1, 1000);
  const gate = store.gate(0);
  const asked = await Promise.all(Array.from({ length: 1001 }, () => gate.acquirePermit(environment)));
  expect(asked.filter((permit) => permit.kind === 'granted')).toHaveLength(1000);
  expect(asked.at(-1)).toMatchObject({ kind: 'denied', cause: 'rate-limit' });
  expect(store.counted.writes).toBeLessThan(50);
});

test('processes that ask in turn get equal shares, however small the limit is', async () => {
  for (const perMinute of [4, 60]) {
    using store = aStore(4, perMinute);
    const granted = [0, 0, 0, 0];
    for (let asked = 0; asked < 4 * perMinute; asked++) {
      const process = asked % 4;
      const permit = await store.gate(process).acquirePermit(environment);
      if (permit.kind === 'granted') granted[process] = (granted[process] ?? 0) + 1;
    }
    expect(granted.reduce((sum, count) => sum + count)).toBe(perMinute);
    expect(Math.max(...granted) - Math.min(...granted)).toBeLessThanOrEqual(Math.ceil(perMinute / 12));
  }
});

test('a process that holds permits sends nothing once it knows that the breaker is open', async () => {
  using store = aStore(2, 100);
  const [gate, other] = [store.gate(0), store.gate(1)];
  const permit = await gate.acquirePermit(environment);
  if (permit.kind !== 'granted') throw new Error('The first one has a permit.');
  const answer = { status: 503, isSuccess: null, message: null };
  const fault = { kind: 'unavailable', retryAfterMs: null, answer } as const;
  for (let faults = 0; faults < 4; faults++) {
    await other.recordOutcome(environment, permit.breaker, 'request', fault);
  }
  expect(await gate.acquirePermit(environment)).toMatchObject({ kind: 'granted' });
  await gate.recordOutcome(environment, permit.breaker, 'request', fault);
  expect(await gate.acquirePermit(environment)).toMatchObject({ kind: 'denied', cause: 'breaker' });

  await store.clock.advance(minute);
  const probes = await Promise.all([gate, other].map((each) => each.acquirePermit(environment)));
  expect(probes.map((each) => each.kind)).toEqual(['granted', 'denied']);
});

test('a permit that is taken back after its minute gives none in the next one', async () => {
  using store = aStore(1, 1);
  const gate = store.gate(0);
  const before = await gate.acquirePermit(environment);
  await store.clock.advance(2 * minute);
  expect(await gate.acquirePermit(environment)).toMatchObject({ kind: 'granted' });
  gate.returnPermit(environment, before);
  expect(await gate.acquirePermit(environment)).toMatchObject({ kind: 'denied', cause: 'rate-limit' });
});
