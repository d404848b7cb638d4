import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { admit } from '../../src/policy/admit.ts';
import type { BatchJob } from '../../src/policy/batch-job.ts';
import type { Failure } from '../../src/policy/failure.ts';
import type { RetryPolicy } from '../../src/policy/retry-policy.ts';
import { aClaim, aFailure, aFollowUp, aJob, aWaiting, day, later, minute, now, policy } from './builders.ts';

test('the first failure of a job opens its record, and waits to be handled now', () => {
  const failure = aFailure(9);
  expect(admit(null, false, 'prod', failure, policy, now)).toEqual({
    kind: 'admitted',
    job: aJob({
      environment: 'prod',
      episodeStartedAt: now,
      lastFailureAt: now,
      lastControlNumber: '90',
      lastEndedAt: failure.endedAt,
      waiting: aWaiting(failure),
    }),
    decided: [],
  });
});

test('an event that was decided before is a duplicate, and changes nothing', () => {
  const job = aJob({ lastFailureAt: later(-1000), state: 'requeued' });
  expect(admit(job, true, 'default', aFailure(1), policy, now)).toEqual({
    kind: 'duplicate',
    dueAt: null,
    reason: 'This event was received and decided before.',
  });
});

test('an event that is still open is a duplicate until it is due, and says when that is', () => {
  const failure = aFailure(1);
  const dueAt = later(60_000);
  const waiting = aJob({ waiting: aWaiting(failure, { dueAt }) });
  const claimed = aJob({ claim: aClaim(failure, { leaseUntil: dueAt }) });

  for (const job of [waiting, claimed]) {
    expect(admit(job, true, 'default', failure, policy, now)).toMatchObject({ kind: 'duplicate', dueAt });
    expect(admit(job, true, 'default', failure, policy, dueAt)).toEqual({
      kind: 'admitted',
      job,
      decided: [],
    });
  }
});

test('a failure takes the place of the one that waits, with its times and tries: one requeue serves both', () => {
  const dueAt = later(60_000);
  const firstDueAt = later(-5 * minute);
  const job = aJob({ waiting: aWaiting(aFailure(1), { firstDueAt, dueAt, serverErrors: 2, tries: 4 }) });

  const { job: after, decided } = admitted(job, aFailure(2));

  expect(after.waiting).toEqual({
    failure: aFailure(2),
    firstDueAt,
    dueAt,
    statusFirst: true,
    serverErrors: 0,
    tries: 4,
  });
  expect(decided).toMatchObject([{ failure: aFailure(1), decision: 'superseded', dueAt: null }]);
});

test('a failure that comes while a request is open waits beside it, and reads the status first', () => {
  const claim = aClaim(aFailure(1), { leaseUntil: later(20_000) });
  const { job, decided } = admitted(aJob({ claim, retriesUsed: 1 }), aFailure(2));

  expect(job).toMatchObject({ claim, retriesUsed: 1, waiting: { failure: aFailure(2), statusFirst: true } });
  expect(decided).toEqual([]);
});

test.each([
  ['ended before the last requeue', { lastRequeueAt: later(-60_000) }, { endedAt: later(-61_000) }, true],
  [
    'ended a second after the last requeue',
    { lastRequeueAt: later(-60_000) },
    { endedAt: later(-59_000) },
    true,
  ],
  [
    'ended more than a second after the last requeue',
    { lastRequeueAt: later(-60_000) },
    { endedAt: later(-58_999) },
    false,
  ],
  ['does not say when it ended', {}, { endedAt: null }, true],
  ['ended before a run that is known of', { lastEndedAt: later(-60_000) }, { endedAt: later(-61_000) }, true],
  [
    'ended a second after a run that is known of',
    { lastEndedAt: later(-60_000) },
    { endedAt: later(-59_000) },
    true,
  ],
  [
    'ended more than a second after a run that is known of',
    { lastEndedAt: later(-60_000) },
    { endedAt: later(-58_999) },
    false,
  ],
  ['ended a minute ago', {}, { endedAt: later(-minute) }, false],
  ['ended more than a minute ago', {}, { endedAt: later(-minute - 1) }, true],
  ["ended in the future, by F&O's clock", {}, { endedAt: later(day) }, false],
  ['ended more than a day in the future', {}, { endedAt: later(day + 1) }, true],
  ['is numbered below the last', { lastControlNumber: '100' }, { controlNumber: '99' }, true],
  ['is numbered as the last', { lastControlNumber: '100' }, { controlNumber: '100' }, true],
  ['is numbered above the last', { lastControlNumber: '99' }, { controlNumber: '100' }, false],
  [
    'is numbered above the last by one, beyond 2^53',
    { lastControlNumber: '9223372036854775806' },
    { controlNumber: '9223372036854775807' },
    false,
  ],
  ['has no number', { lastControlNumber: '100' }, { controlNumber: null }, false],
] satisfies [string, Partial<BatchJob>, Partial<Failure>, boolean][])(
  'a failure that %s: is the status read first?',
  (_what, known, sent, statusFirst) => {
    const { job } = admitted(aJob(known), aFailure(9, { controlNumber: null, ...sent }));
    expect(job.waiting?.statusFirst).toBe(statusFirst);
  },
);

test('an event without a ControlNumber leaves the last one known', () => {
  const { job } = admitted(aJob({ lastControlNumber: '100' }), aFailure(2, { controlNumber: null }));
  expect(job.lastControlNumber).toBe('100');
});

test('a job that was renamed is known by its newest description and legal entity', () => {
  const { job } = admitted(aJob(), aFailure(2, { description: 'Posting 2', legalEntity: 'DEMF' }));
  expect(job).toMatchObject({ description: 'Posting 2', legalEntity: 'DEMF' });
});

test.each([
  [0, 0],
  [1, 5],
  [2, 30],
  [9, 30],
])(
  'after %i of ten retries the policy lets a failure wait %i min, and then the status is read first',
  (retriesUsed, minutes) => {
    const patient = { ...policy, maxRetries: 10, delaysMs: [0, 5 * minute, 30 * minute] };
    const { job } = admitted(aJob({ retriesUsed, lastFailureAt: later(-minute) }), aFailure(9), patient);
    const due = later(minutes * minute);
    expect(job.waiting).toMatchObject({ firstDueAt: due, dueAt: due, statusFirst: minutes > 0 });
  },
);

test.each([3, 4])(
  'a failure after %i retries of three is not scheduled: it is exhaustion now',
  (retriesUsed) => {
    const patient = { ...policy, delaysMs: [5 * minute] };
    const { job } = admitted(aJob({ retriesUsed, lastFailureAt: later(-minute) }), aFailure(9), patient);
    expect(job.waiting).toEqual(aWaiting(aFailure(9)));
  },
);

test('an end more than a day in the future counts as none; one of a day is kept', () => {
  const known = { lastEndedAt: later(-5 * minute) };
  const { job: wrong } = admitted(aJob(known), aFailure(9, { endedAt: later(day + 1) }));
  expect(wrong).toMatchObject({ ...known, waiting: { failure: { endedAt: null }, statusFirst: true } });
  const { job: ahead } = admitted(aJob(known), aFailure(9, { endedAt: later(day) }));
  expect(ahead).toMatchObject({
    lastEndedAt: later(day),
    waiting: { failure: { endedAt: later(day) }, statusFirst: false },
  });
});

test('the latest end of a run that is known of does not go back', () => {
  const { job } = admitted(aJob({ lastEndedAt: later(-1000) }), aFailure(2));
  expect(job.lastEndedAt).toEqual(later(-1000));
});

test('an episode starts with its first failure', () => {
  const known = aJob({ episodeStartedAt: later(-5 * minute), lastFailureAt: later(-minute) });
  const { job } = admitted(known, aFailure(2));
  expect(job.episodeStartedAt).toEqual(later(-5 * minute));
  const quiet = aJob({ episodeStartedAt: later(-2 * day), lastFailureAt: later(-2 * day) });
  expect(admitted(quiet, aFailure(2)).job.episodeStartedAt).toEqual(now);
});

test('a job that was quiet for resetAfter starts a new episode; a millisecond less, and it does not', () => {
  const used = { episode: 4, retriesUsed: 3, exhausted: true };
  const quiet = aJob({ ...used, lastFailureAt: later(-2 * day), lastRequeueAt: later(-day) });
  const notQuiet = aJob({ ...used, lastFailureAt: later(-2 * day), lastRequeueAt: later(1 - day) });

  expect(admitted(quiet, aFailure(9)).job).toMatchObject({
    episode: 5,
    retriesUsed: 0,
    exhausted: false,
  });
  expect(admitted(notQuiet, aFailure(9)).job).toMatchObject(used);
});

test('a job with something open is not quiet, however long ago its last failure was', () => {
  const used = { episode: 4, retriesUsed: 3, lastFailureAt: later(-30 * day) };
  const waiting = aJob({ ...used, waiting: aWaiting(aFailure(1)) });
  const claimed = aJob({ ...used, claim: aClaim(aFailure(1)) });
  const followed = aJob({ ...used, followUp: aFollowUp(aFailure(1)) });

  for (const job of [waiting, claimed, followed]) {
    expect(admitted(job, aFailure(2)).job).toMatchObject({ episode: 4, retriesUsed: 3 });
  }
});

test('a job that only a person is awaited for is quiet after resetAfter', () => {
  const followUp = aFollowUp(aFailure(1), { kind: 'watch' });
  const watched = aJob({ episode: 4, retriesUsed: 3, exhausted: true, lastFailureAt: later(-day), followUp });
  expect(admitted(watched, aFailure(9)).job).toMatchObject({
    episode: 5,
    retriesUsed: 0,
    exhausted: false,
    followUp: null,
  });
});

test('whatever the record holds, a new failure is open in it afterwards and no budget is spent', () => {
  const anyJob = fc.record({
    retriesUsed: fc.nat(3),
    lastFailureAt: option(later(-3 * day)),
    lastRequeueAt: option(later(-day)),
    lastControlNumber: option('20'),
    claim: option(aClaim(aFailure(1))),
    waiting: option(aWaiting(aFailure(2))),
    followUp: option(aFollowUp(aFailure(1))),
  });
  fc.assert(
    fc.property(anyJob, fc.nat(9), (record, n) => {
      const before = aJob(record);
      const failure = aFailure(n, { eventId: 'another event' });
      const { job, decided } = admitted(before, failure);
      expect(job.waiting?.failure).toEqual(failure);
      expect(job.claim).toEqual(before.claim);
      expect(job.followUp).toEqual(before.followUp);
      expect(job.retriesUsed).toBeLessThanOrEqual(before.retriesUsed);
      expect(decided.map((decision) => decision.failure)).toEqual(
        before.waiting ? [before.waiting.failure] : [],
      );
    }),
  );
});

function option<Value>(value: Value) {
  return fc.constantFrom(null, value);
}

function admitted(job: BatchJob, failure: Failure, under: RetryPolicy = policy) {
  const admission = admit(job, false, 'default', failure, under, now);
  if (admission.kind !== 'admitted') throw new Error(admission.reason);
  return admission;
}
