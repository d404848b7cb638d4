import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  afterRead,
  afterRequest,
  type Breaker,
  closedBreaker,
  passBreaker,
} from '../../../src/domain/environment/circuit-breaker.ts';
import type { SetToWaitingOutcome } from '../../../src/domain/outcome.ts';
import { action } from '../job/action.ts';
import { answer, found, later, minute, now } from '../job/builders.ts';

const unavailable: SetToWaitingOutcome = { kind: 'unavailable', retryAfterMs: null, answer };
const noAnswerInTime: SetToWaitingOutcome = {
  kind: 'unknown',
  serverError: false,
  gatewayFault: true,
  answer,
};
const noConnection: SetToWaitingOutcome = { kind: 'not-sent', cause: 'connection', answer };
const wellRead = found('Error', now);
const taken: SetToWaitingOutcome = { kind: 'taken', action, answer };

/** What shows that F&O is up, whatever it says. */
const signsOfLife: SetToWaitingOutcome[] = [
  taken,
  { kind: 'refused', action, answer },
  { kind: 'throttled', retryAfterMs: null, answer },
  { kind: 'unauthorized', answer },
  { kind: 'misconfigured', answer },
];
/** What says nothing of F&O. */
const silent: SetToWaitingOutcome[] = [
  { kind: 'not-sent', cause: 'token', answer },
  { kind: 'not-sent', cause: 'time', answer },
  { kind: 'sign-in-refused', answer },
  { kind: 'unknown', serverError: false, gatewayFault: false, answer },
  { kind: 'unknown', serverError: true, gatewayFault: false, answer },
];

/** Opened by five faults now, for a minute. */
const open = Array.from({ length: 5 }).reduce<Breaker>(
  (breaker) => afterRequest(breaker, unavailable, now),
  closedBreaker,
);

test.each([unavailable, noConnection, noAnswerInTime])(
  'five faults in a row ($kind) open it for a minute; four do not',
  (fault) => {
    let breaker = closedBreaker;
    for (let faults = 1; faults <= 4; faults++) {
      breaker = afterRequest(breaker, fault, now);
      expect(breaker).toEqual({ faults, readFaults: 0, openUntil: null, openings: 0 });
    }
    expect(passBreaker(breaker, now)).toEqual({ kind: 'pass', breaker });
    expect(afterRequest(breaker, fault, now)).toEqual({
      faults: 5,
      readFaults: 0,
      openUntil: later(minute),
      openings: 1,
    });
  },
);

test.each(signsOfLife)(
  'an answer ($kind) between faults begins the count again, and closes what is open',
  (sign) => {
    expect(afterRequest({ faults: 4, readFaults: 0, openUntil: null, openings: 0 }, sign, now)).toEqual(
      closedBreaker,
    );
    expect(afterRequest(open, sign, later(minute))).toEqual(closedBreaker);
  },
);

test.each(silent)('what says nothing of F&O ($kind) changes nothing', (outcome) => {
  const counting: Breaker = { faults: 4, readFaults: 0, openUntil: null, openings: 0 };
  expect(afterRequest(counting, outcome, now)).toEqual(counting);
  expect(afterRequest(open, outcome, now)).toEqual(open);
});

test('while it is open nothing passes, and it says until when', () => {
  expect(passBreaker(open, now)).toEqual({ kind: 'wait', until: later(minute) });
  expect(passBreaker(open, later(minute - 1))).toEqual({ kind: 'wait', until: later(minute) });
});

test('once its time is over one passes as a probe, and the others wait half a minute for it', () => {
  const probe = passBreaker(open, later(minute));
  expect(probe).toEqual({ kind: 'pass', breaker: { ...open, openUntil: later(1.5 * minute) } });
  if (probe.kind === 'wait') throw new Error('the probe waits');
  expect(passBreaker(probe.breaker, later(minute))).toEqual({ kind: 'wait', until: later(1.5 * minute) });
  expect(passBreaker(probe.breaker, later(1.5 * minute))).toMatchObject({ kind: 'pass' });
});

test('a probe that meets the fault opens it again for twice as long, up to a quarter of an hour', () => {
  let breaker = open;
  const openMinutes: number[] = [];
  for (let probes = 0; probes < 6; probes++) {
    const at = breaker.openUntil ?? now;
    const passage = passBreaker(breaker, at);
    if (passage.kind === 'wait') throw new Error('the probe waits');
    breaker = afterRequest(passage.breaker, unavailable, at);
    openMinutes.push(((breaker.openUntil ?? at).getTime() - at.getTime()) / minute);
  }
  expect(openMinutes).toEqual([2, 4, 8, 15, 15, 15]);
});

test('after it closed, an outage opens it for a minute again', () => {
  let breaker = afterRequest({ faults: 40, readFaults: 0, openUntil: now, openings: 12 }, taken, now);
  for (let faults = 0; faults < 5; faults++) breaker = afterRequest(breaker, unavailable, now);
  expect(breaker).toEqual(open);
});

test('however requests and answers mix, one probe at a time passes what is open, and never a second within its time', () => {
  const event = fc.oneof(
    fc.record({ afterMs: fc.nat({ max: 40_000 }) }),
    fc.record({ outcome: fc.constantFrom(unavailable, noConnection, noAnswerInTime, ...silent) }),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60, size: 'max' }), (events) => {
      let breaker = open;
      let at = now;
      const passedAt: number[] = [];
      for (const next of events) {
        if ('outcome' in next) {
          breaker = afterRequest(breaker, next.outcome, at);
          continue;
        }
        at = new Date(at.getTime() + next.afterMs);
        const passage = passBreaker(breaker, at);
        if (passage.kind === 'wait') continue;
        passedAt.push(at.getTime());
        breaker = passage.breaker;
      }
      const gaps = passedAt.slice(1).map((passed, index) => passed - (passedAt[index] ?? passed));
      expect(gaps.filter((gapMs) => gapMs < minute / 2)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

test('reads open it, too; one that goes well between them, or after it was open, begins anew', () => {
  let breaker = closedBreaker;
  for (let faults = 1; faults <= 4; faults++) breaker = afterRead(breaker, unavailable, now);
  expect(breaker).toEqual({ ...closedBreaker, readFaults: 4 });
  expect(afterRead(breaker, wellRead, now)).toEqual(closedBreaker);
  const opened = afterRead(breaker, unavailable, now);
  expect(opened).toEqual({ faults: 0, readFaults: 5, openUntil: later(minute), openings: 1 });
  expect(afterRead(opened, wellRead, later(minute))).toEqual(closedBreaker);
});

test('a read that goes well hides no faults of requests', () => {
  let breaker = closedBreaker;
  for (let faults = 1; faults <= 5; faults++) {
    breaker = afterRequest(afterRead(breaker, wellRead, now), unavailable, now);
  }
  expect(breaker).toEqual(open);
  expect(afterRead(breaker, wellRead, later(minute))).toEqual(open);
});
