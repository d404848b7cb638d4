import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Breaker, closedBreaker } from '../../../src/domain/environment/circuit-breaker.ts';
import {
  changesState,
  claimSetupProblem,
  freshState,
  type EnvironmentState,
  nothingAnnounced,
  noteEventId,
  applyOutcome,
  takePermits,
} from '../../../src/domain/environment/environment-state.ts';
import type { SetToWaitingOutcome } from '../../../src/domain/outcome.ts';
import { action } from '../job/action.ts';
import { answer, later, minute, now } from '../job/builders.ts';

const unavailable: SetToWaitingOutcome = { kind: 'unavailable', retryAfterMs: null, answer };
const taken: SetToWaitingOutcome = { kind: 'taken', action, answer };
const open: Breaker = { faults: 5, readFaults: 0, openUntil: later(minute), openings: 1 };

test('the first request of an environment may go, and begins its minute', () => {
  expect(takePermits(null, 60, now)).toEqual({
    state: { ...nothingAnnounced, breaker: closedBreaker, minuteStartedAt: now, takenInMinute: 7 },
    block: { kind: 'taken', breaker: closedBreaker, count: 7, validMs: minute },
  });
});

test('as many may go in a minute as the setting says; the next waits for the next minute', () => {
  const full: EnvironmentState = {
    breaker: closedBreaker,
    ...nothingAnnounced,
    minuteStartedAt: now,
    takenInMinute: 2,
  };
  expect(takePermits({ ...full, takenInMinute: 1 }, 2, later(minute - 1))).toMatchObject({
    state: { minuteStartedAt: now, takenInMinute: 2 },
    block: { kind: 'taken', count: 1 },
  });
  expect(takePermits(full, 2, later(minute - 1))).toEqual({
    state: full,
    block: { kind: 'denied', until: later(minute), cause: 'rate-limit' },
  });
  expect(takePermits(full, 2, later(2 * minute))).toMatchObject({
    state: { minuteStartedAt: later(2 * minute), takenInMinute: 1, takenBefore: 0 },
    block: { kind: 'taken', count: 1 },
  });
});

test('what the minute before had counts too, less with each second', () => {
  const full: EnvironmentState = {
    breaker: closedBreaker,
    ...nothingAnnounced,
    minuteStartedAt: now,
    takenInMinute: 30,
  };
  const granted = (ms: number) => {
    let [state, count] = [full, 0];
    for (;;) {
      const asked = takePermits(state, 30, later(ms));
      if (asked.block.kind === 'denied') return count;
      [state, count] = [asked.state, count + asked.block.count];
    }
  };
  expect([60_000, 64_800, 90_000, 119_999].map(granted)).toEqual([0, 2, 15, 30]);
  expect(granted(120_000)).toBe(30);
});

test('while the breaker is open nobody goes, and the minute is not used up', () => {
  const state: EnvironmentState = {
    breaker: open,
    ...nothingAnnounced,
    minuteStartedAt: now,
    takenInMinute: 1,
  };
  expect(takePermits(state, 60, later(1000))).toEqual({
    state,
    block: { kind: 'denied', until: later(minute), cause: 'breaker' },
  });
});

test('of all who ask once the breaker may be probed, one goes', () => {
  let state: EnvironmentState = {
    breaker: open,
    ...nothingAnnounced,
    minuteStartedAt: now,
    takenInMinute: 0,
  };
  const kinds: string[] = [];
  for (let asked = 0; asked < 5; asked++) {
    const granted = takePermits(state, 60, later(minute));
    state = granted.state;
    kinds.push(granted.block.kind);
  }
  expect(kinds).toEqual(['taken', 'denied', 'denied', 'denied', 'denied']);
});

test('an outcome is noted on what all processes share, and leaves the minute as it is', () => {
  const state: EnvironmentState = {
    breaker: open,
    ...nothingAnnounced,
    minuteStartedAt: now,
    takenInMinute: 7,
  };
  expect(applyOutcome(state, open, 'request', taken, later(minute))).toEqual({
    ...state,
    breaker: closedBreaker,
  });
  expect(applyOutcome(null, closedBreaker, 'request', unavailable, now)).toEqual({
    ...nothingAnnounced,
    breaker: { faults: 1, readFaults: 0, openUntil: null, openings: 0 },
    minuteStartedAt: now,
    takenInMinute: 0,
  });
});

test('requests that were under way together when it opened count as one opening', () => {
  let state: EnvironmentState = {
    breaker: closedBreaker,
    ...nothingAnnounced,
    minuteStartedAt: now,
    takenInMinute: 12,
  };
  for (let fault = 0; fault < 12; fault++)
    state = applyOutcome(state, closedBreaker, 'request', unavailable, later(fault));
  expect(state).toEqual({
    ...nothingAnnounced,
    breaker: { faults: 5, readFaults: 0, openUntil: later(minute + 4), openings: 1 },
    minuteStartedAt: now,
    takenInMinute: 12,
  });
});

test.each([taken, unavailable])(
  'what a request before the probe met ($kind) leaves the breaker to the probe',
  (late) => {
    const state: EnvironmentState = {
      breaker: open,
      ...nothingAnnounced,
      minuteStartedAt: now,
      takenInMinute: 0,
    };
    const probe = takePermits(state, 60, later(minute));
    if (probe.block.kind === 'denied') throw new Error(probe.block.cause);
    const { breaker } = probe.block;

    expect(applyOutcome(probe.state, closedBreaker, 'request', late, later(minute + 1))).toEqual(probe.state);
    expect(applyOutcome(probe.state, breaker, 'request', taken, later(minute + 1)).breaker).toEqual(
      closedBreaker,
    );
    expect(applyOutcome(probe.state, breaker, 'request', unavailable, later(minute + 1)).breaker).toEqual({
      faults: 6,
      readFaults: 0,
      openUntil: later(3 * minute + 1),
      openings: 2,
    });
  },
);

test.each([
  ['a requeue that a well F&O took', closedBreaker, taken, false],
  ['a fault', closedBreaker, unavailable, true],
  [
    'an answer that a gateway had not in time',
    closedBreaker,
    { kind: 'unknown', serverError: false, gatewayFault: true, answer },
    true,
  ],
  ['an answer after faults', { ...closedBreaker, faults: 2 }, taken, true],
  ['an answer to a probe', open, taken, true],
  ['a fault that a probe meets', open, unavailable, true],
  [
    'an answer that was lost',
    { ...closedBreaker, faults: 2 },
    { kind: 'unknown', serverError: false, gatewayFault: false, answer },
    false,
  ],
] satisfies [string, Breaker, SetToWaitingOutcome, boolean][])(
  'does it change the breaker: %s',
  (_what, breaker, outcome, expected) => {
    expect(changesState({ ...freshState(now), breaker }, 'request', outcome, now)).toBe(expected);
  },
);

const limit = 5;
const asks = fc.array(fc.nat({ max: 20_000 }), { minLength: 1, maxLength: 200, size: 'max' });

test('whoever asks whenever, neither a minute nor its turn has more than the limit, and who waits learns until when', () => {
  fc.assert(
    fc.property(asks, fc.integer({ min: 1, max: 100 }), (gapsMs, perMinute) => {
      let state: EnvironmentState | null = null;
      let at = now;
      const takenIn = new Map<number, number>();
      for (const gapMs of gapsMs) {
        at = new Date(at.getTime() + gapMs);
        const asked = takePermits(state, perMinute, at);
        state = asked.state;
        const startedAt = state.minuteStartedAt.getTime();
        const before = takenIn.get(startedAt) ?? 0;
        const inTheLast = takenIn.get(startedAt - minute) ?? 0;
        const sinceMs = at.getTime() - startedAt;
        expect(sinceMs).toBeLessThan(minute);
        const until = new Date(startedAt + minute);
        const mayGo = before + Math.round((inTheLast * (minute - sinceMs)) / minute) < perMinute;
        expect(asked.block).toMatchObject(
          mayGo
            ? { kind: 'taken', breaker: closedBreaker, validMs: minute - sinceMs }
            : { kind: 'denied', until, cause: 'rate-limit' },
        );
        const count = asked.block.kind === 'taken' ? asked.block.count : 0;
        takenIn.set(startedAt, before + count);
        expect(count > 0).toBe(mayGo);
        expect(before + count).toBeLessThanOrEqual(perMinute);
        // All that the last minute had may have been sent at its very end.
        expect(inTheLast + before + count).toBeLessThanOrEqual(perMinute * (1 + sinceMs / minute) + 0.5);
      }
      const starts = [...takenIn.keys()];
      const apartMs = starts.slice(1).map((startedAt, index) => startedAt - (starts[index] ?? startedAt));
      expect(apartMs.filter((ms) => ms < minute)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('a process whose clock is a few seconds behind asks within the minute that another began', () => {
  const full: EnvironmentState = {
    breaker: closedBreaker,
    ...nothingAnnounced,
    minuteStartedAt: now,
    takenInMinute: limit,
  };
  expect(takePermits(full, limit, later(-3000))).toEqual({
    state: full,
    block: { kind: 'denied', until: later(minute), cause: 'rate-limit' },
  });
});

test('a minute that began far in the future, by a clock that was wrong, holds nobody back', () => {
  const wrong: EnvironmentState = {
    ...nothingAnnounced,
    breaker: closedBreaker,
    minuteStartedAt: later(60 * minute),
    takenInMinute: limit,
  };
  expect(takePermits(wrong, limit, now)).toMatchObject({
    state: { minuteStartedAt: now, takenInMinute: 1 },
    block: { kind: 'taken', count: 1 },
  });
});

test('a set-up problem is announced by one notification, however often it asks, until F&O takes a request', () => {
  const claimed = claimSetupProblem(null, 'first', now);
  expect(claimSetupProblem(claimed, 'first', now)).toEqual(claimed);
  expect(claimSetupProblem(claimed, 'second', now)).toBeNull();
  if (!claimed) throw new Error('The first may announce it.');
  expect(changesState(claimed, 'request', taken, now)).toBe(true);
  const repaired = applyOutcome(claimed, claimed.breaker, 'request', taken, now);
  expect(claimSetupProblem(repaired, 'second', now)).toMatchObject({ setupProblemId: 'second' });
});

test('each unknown BusinessEventId is announced once, and only the latest 50 are remembered', () => {
  let state = noteEventId(null, 'id 0', now);
  expect(noteEventId(state, 'id 0', now)).toBeNull();
  for (let number = 1; number <= 60; number++) state = noteEventId(state, `id ${number}`, now);
  expect(state?.announcedEventIds).toHaveLength(50);
  expect(noteEventId(state, 'id 60', now)).toBeNull();
});
