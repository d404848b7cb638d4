import { expect, test } from 'vitest';
import type { Failure } from '../../../src/domain/failure.ts';
import { type Claim, idle, type Following } from '../../../src/domain/job/batch-job.ts';
import { failureDecision } from '../../../src/domain/job/decision.ts';
import type { JobEvent } from '../../../src/domain/job/job-event.ts';
import { failedRunWindow, newFailures } from '../../../src/domain/job/new-failures.ts';
import type { FailureOutcome } from '../../../src/domain/job/outcomes.ts';
import { aFailure, aJob, aPending, inError, later, minute, now, untried } from './builders.ts';

const delivered = aFailure(9, { via: 'flat' });
const learned = aFailure(8);
const woken: JobEvent = { kind: 'woken', wakeId: 'W', dueAt: now };
const arrived: JobEvent = { kind: 'failure', failure: delivered };
const decided = (outcome: FailureOutcome, failure = delivered) => [
  failureDecision(aJob(), failure, outcome, 'why'),
];
const idsOf = (failures: readonly { eventId: string }[]) => failures.map(({ eventId }) => eventId);

test.each<[FailureOutcome, boolean]>([
  ['scheduled', true],
  ['exhausted', true],
  ['superseded', true],
  ['refused', true],
  ['shadow', true],
  ['duplicate', false],
  ['ignored', false],
])('a delivered failure that is decided as %s is a new one: %s', (outcome, isNew) => {
  const found = newFailures(null, arrived, aJob(), decided(outcome));
  expect(idsOf(found)).toEqual(isNew ? [delivered.eventId] : []);
});

test('a delivered failure that only waits is a new one, and only once', () => {
  const after = aJob({ pending: aPending(delivered) });
  expect(idsOf(newFailures(null, arrived, after, decided('deferred')))).toEqual([delivered.eventId]);
  expect(newFailures(after, woken, after, decided('requeued'))).toEqual([]);
});

test('a failure that is learned without its event is a new one, and only once', () => {
  const after = aJob({ pending: aPending(learned) });
  expect(idsOf(newFailures(aJob(), woken, after, []))).toEqual([learned.eventId]);
  expect(newFailures(after, woken, aJob(), decided('requeued', learned))).toEqual([]);
  const byHand = { kind: 'operator', action: 'retry', by: 'a', reason: 'b', failure: learned } as const;
  expect(newFailures(null, byHand, after, [])).toEqual([]);
});

test('a wake-up that takes a claim over finds a failure whose cause nobody may look for, once', () => {
  const claim = aClaim(delivered);
  const leased = aJob({ phase: { kind: 'requesting', claim, before: idle } });
  const unknown = aJob({
    phase: { kind: 'requesting', claim: { ...claim, isFateUnknown: true }, before: idle },
  });
  const byHand = aJob({
    phase: { kind: 'requesting', claim: { ...claim, origin: 'operator' }, before: idle },
  });
  const lost = aClaim({ ...learned, learned: 'status' });
  expect(idsOf(newFailures(leased, woken, aJob(), []))).toEqual([delivered.eventId]);
  expect(newFailures(unknown, woken, aJob(), [])).toEqual([]);
  expect(newFailures(byHand, woken, aJob(), [])).toEqual([]);
  expect(
    newFailures(aJob({ phase: { kind: 'requesting', claim: lost, before: idle } }), woken, aJob(), []),
  ).toEqual([]);
});

function aClaim(failure: Failure): Claim {
  const attempt = { ...untried, failure, firstDueAt: now };
  const baseline = inError(failure, now);
  return {
    token: 'T',
    origin: 'policy',
    attempt,
    baseline,
    claimedAt: now,
    dueAt: now,
    isFateUnknown: false,
    polls: 0,
  };
}

test('the window of the run is from what a read showed, or the last minutes before its end', () => {
  const { endedAt } = delivered;
  const baseline = { status: 'Error', scheduledAt: null, readAt: now, failedRunEndedAt: endedAt };
  const shown = { ...baseline, startedAt: later(-30 * minute), endedAt };
  const since = { startedAt: now, runningAt: null, quiet: null };
  const following: Following = {
    kind: 'following',
    failure: delivered,
    origin: 'policy',
    retry: 1,
    baseline: shown,
    since,
    nextPollAt: now,
    polls: 0,
  };
  expect(fromAt(null, aJob({ phase: following }), delivered, now)).toEqual(later(-30 * minute - 5000));
  expect(fromAt(null, aJob({ phase: following }), aFailure(7), now)).toEqual(later(-18 * minute));
  expect(fromAt(null, aJob({ phase: idle }), delivered, now)).toEqual(later(-16 * minute));
  const seen = { ...aJob().seen, runEndedAt: later(-10 * minute) };
  expect(fromAt(aJob({ seen }), aJob(), delivered, now)).toEqual(later(-10 * minute + 5000));
  const sameRun = { ...seen, runEndedAt: later(-minute - 1000) };
  expect(fromAt(aJob({ seen: sameRun }), aJob(), delivered, now)).toEqual(later(-16 * minute));
  expect(failedRunWindow(null, aJob(), { ...delivered, endedAt: null }, now).toAt).toEqual(later(5000));
});

function fromAt(...given: Parameters<typeof failedRunWindow>): Date {
  return failedRunWindow(...given).fromAt;
}
