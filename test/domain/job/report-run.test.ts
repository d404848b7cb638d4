import { expect, test } from 'vitest';
import { type BatchJob, type Claim, idle } from '../../../src/domain/job/batch-job.ts';
import { baselineOf, watch } from '../../../src/domain/job/defer.ts';
import type { Progress } from '../../../src/domain/job/job-event.ts';
import { transition } from '../../../src/domain/job/transition.ts';
import { aContext, aFailure, aJob, aPending, changed, found, hour, later, minute, now } from './builders.ts';

const { endedAt } = aFailure(9);

/** A failure of its episode waits: F&O could not take its requeue. */
const waiting: BatchJob = aJob({
  episode: { ...aJob().episode, startedAt: later(-hour), retriesUsed: 2 },
  seen: { ...aJob().seen, failedRunEndedAt: endedAt, runEndedAt: endedAt },
  pending: aPending(aFailure(9), { dueAt: later(hour), waits: 'deferral' }),
});

const { waits: _waits, dueAt: _dueAt, ...attempt } = aPending(aFailure(7));
const claim: Claim = {
  token: 'of the request',
  origin: 'policy',
  attempt,
  baseline: { ...baselineOf(aFailure(7)), readAt: later(-30_000) },
  claimedAt: later(-30_000),
  dueAt: now,
  isFateUnknown: true,
  polls: 0,
};
const ofUnknownFate = aJob({ phase: { kind: 'requesting', claim, before: idle } });

test('the late finished event of a run before the failed one heals nothing', () => {
  const { job, decisions } = report(waiting, 'finished', later(-hour));
  expect(job.episode).toEqual(waiting.episode);
  expect(job.pending).toEqual(waiting.pending);
  expect(decisions).toEqual([]);
});

test('the finished event of a newer run drops the failure that waits, and ends the episode as recovered', () => {
  const { job, decisions } = report(waiting, 'finished', later(0));
  expect(job.pending).toBeNull();
  expect(job.episode).toMatchObject({ number: 2, retriesUsed: 0 });
  expect(decisions).toMatchObject([{ outcome: 'superseded' }, { outcome: 'recovered' }]);
});

test('the canceled event of a newer run ends the episode without another requeue', () => {
  const { job, decisions } = report(waiting, 'canceled', later(0));
  expect(job).toMatchObject({ pending: null, episode: { number: 2 } });
  expect(decisions).toMatchObject([{ outcome: 'superseded' }, { outcome: 'canceled' }]);
});

test('that finished events of a job arrive is remembered, also of one that never failed', () => {
  const event = {
    kind: 'run-reported',
    progress: 'finished',
    event: aFailure(9),
    occurredAt: endedAt,
  } as const;
  expect(changed(transition(null, event, aContext())).job.seen.finishedRunEndedAt).toEqual(endedAt);
});

test('what others healed before a requeue is published to nobody', () => {
  const untried = { ...waiting, episode: { ...waiting.episode, retriesUsed: 0 }, pending: null };
  const { job, decisions } = report(untried, 'finished', later(0));
  expect(job.episode.number).toBe(2);
  expect(decisions).toEqual([]);
});

test.each(['finished', 'canceled'] as const)(
  'the %s event of a newer run proves that a request of unknown fate arrived, and that of an older one does not',
  (progress) => {
    expect(report(ofUnknownFate, progress, later(0)).decisions[0]).toMatchObject({ outcome: 'requeued' });
    expect(report(ofUnknownFate, progress, later(-hour)).decisions).toEqual([]);
  },
);

test('a start after F&O was read proves that a request of unknown fate arrived, and one before does not', () => {
  expect(report(ofUnknownFate, 'started', now).decisions).toMatchObject([{ outcome: 'requeued' }]);
  const before = { kind: 'run-reported', progress: 'started', event: aFailure(10) } as const;
  const step = transition(ofUnknownFate, { ...before, occurredAt: later(-minute) }, aContext());
  expect(step.kind).toBe('unchanged');
});

function report(job: BatchJob, progress: Progress, runEndedAt: Date) {
  const event = { kind: 'run-reported', progress, event: aFailure(10, { endedAt: runEndedAt }) } as const;
  return changed(transition(job, { ...event, occurredAt: runEndedAt }, aContext()));
}

test.each([
  ['idle', idle],
  ['watching', watch(aFailure(9), baselineOf(aFailure(9)), now)],
] as const)(
  'a start after a failure that waits is noted of a job that is %s: where F&O shows no times, nothing is sent',
  (_what, phase) => {
    const job = aJob({
      phase,
      pending: aPending(aFailure(9)),
      wake: { id: 'W', at: now, isDeadLettered: false },
    });
    const event = { kind: 'run-reported', progress: 'started', event: aFailure(10) } as const;
    const before = transition(job, { ...event, occurredAt: later(-hour) }, aContext());
    expect(before.kind).toBe('unchanged');
    const noted = changed(transition(job, { ...event, occurredAt: now }, aContext())).job;
    const waits = { isRecurring: true, scheduledAt: later(20 * hour) };
    const read = found('Waiting', null, waits);
    const decided = changed(
      transition(noted, { kind: 'woken', wakeId: 'W', dueAt: now }, aContext({ read })),
    );
    expect(decided.request).toBeNull();
    expect(decided.decisions).toMatchObject([{ outcome: 'superseded' }]);
  },
);
