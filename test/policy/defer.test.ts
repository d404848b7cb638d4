import { action } from './action.ts';
import { expect, test } from 'vitest';
import { dueAt } from '../../src/policy/batch-job.ts';
import { holdBack, leaveForLater, putOff } from '../../src/policy/defer.ts';
import { settle } from '../../src/policy/settle.ts';
import type { NotTaken } from '../../src/policy/outcome.ts';
import {
  aClaim,
  aFailure,
  aFollowUp,
  aJob,
  answer,
  aWaiting,
  day,
  hour,
  later,
  minute,
  now,
} from './builders.ts';
import { notTaken } from './not-taken.ts';

const failure = aFailure(1);
const claim = aClaim(failure, {
  retry: 2,
  claimedAt: now,
  leaseUntil: later(30_000),
  firstDueAt: now,
});
const job = aJob({ retriesUsed: 2, claim });
const unavailable: NotTaken = { kind: 'unavailable', retryAfterMs: null, answer };
const misconfigured: NotTaken = { kind: 'misconfigured', answer };

test.each(notTaken)(
  'a status that cannot be read ($kind) puts off all that is open, and costs nothing',
  (outcome) => {
    const waiting = aWaiting(aFailure(2), { tries: 5 });
    const followUp = aFollowUp(aFailure(1));
    const { job: after, decided } = putOff({ ...job, waiting, followUp }, outcome, day, now, 0);

    expect(after).toMatchObject({
      retriesUsed: 2,
      claim: { token: claim.token, failure, tries: 1 },
      waiting: { failure: aFailure(2), statusFirst: true, tries: 1 },
      state: 'deferred',
    });
    expect(after.claim?.leaseUntil).toEqual(after.waiting?.dueAt);
    expect(after.followUp?.lookAt).toEqual(after.waiting?.dueAt);
    expect(after.claim?.leaseUntil.getTime()).toBeGreaterThan(now.getTime());
    expect(decided).toMatchObject([
      { failure, decision: 'deferred', dueAt: after.claim?.leaseUntil },
      { failure: aFailure(2), decision: 'deferred', dueAt: after.claim?.leaseUntil },
    ]);
  },
);

test('a waiting failure alone is put off by its own tries', () => {
  const { job: after } = putOff(aJob({ waiting: aWaiting(failure, { tries: 2 }) }), unavailable, day, now, 0);
  expect(after.waiting).toEqual(aWaiting(failure, { dueAt: later(120_000), statusFirst: true, tries: 3 }));
});

test('a follow-up alone is put off by its own looks, and nothing is decided', () => {
  const followed = aJob({ state: 'requeued', followUp: aFollowUp(failure, { looks: 3 }) });
  expect(putOff(followed, unavailable, day, now, 0)).toEqual({
    job: { ...followed, followUp: aFollowUp(failure, { lookAt: later(4 * minute), looks: 4 }) },
    decided: [],
  });
});

test('a failure that is due later than F&O is asked again keeps its time', () => {
  const patient = aWaiting(aFailure(2), { dueAt: later(2 * day) });
  const { waiting, claim: after } = putOff({ ...job, waiting: patient }, unavailable, 3 * day, now, 0).job;
  expect(waiting?.dueAt).toEqual(later(2 * day));
  expect(after?.leaseUntil).toEqual(later(30_000));
});

test("a follow-up counts its own looks, beside a claim's or a failure's tries", () => {
  const followUp = aFollowUp(failure, { looks: 3 });
  const waiting = aWaiting(aFailure(2), { tries: 1 });
  expect(putOff({ ...job, waiting, followUp }, unavailable, day, now, 0).job).toMatchObject({
    claim: { tries: 1 },
    waiting: { tries: 1 },
    followUp: { looks: 4 },
  });
});

test('a run whose end could not be seen for a day after its requeue is stuck, and told of', () => {
  const unseen = aFollowUp(failure, { requeuedAt: later(-day), looks: 50 });
  const followed = aJob({ state: 'requeued', retriesUsed: 1, followUp: unseen });
  expect(putOff(followed, unavailable, day, now, 0)).toEqual({
    job: { ...followed, state: 'stuck', followUp: null },
    decided: [
      {
        failure,
        decision: 'stuck',
        retry: null,
        dueAt: null,
        reason: expect.stringMatching(
          /^The job was set to waiting at 2026-03-01T01:00:00\.000Z and cannot be looked at since \(F&O is not available\): .*a person must look\.$/,
        ),
        answer: null,
        announce: true,
      },
    ],
  });
  const younger = { ...followed, followUp: { ...unseen, requeuedAt: later(1 - day) } };
  expect(putOff(younger, unavailable, day, now, 0)).toMatchObject({
    job: { state: 'requeued', followUp: { lookAt: later(30 * minute), looks: 51 } },
    decided: [],
  });
});

test('a person is not waited for any longer than a day either, and nobody is told', () => {
  const watch = aFollowUp(failure, { kind: 'watch', requeuedAt: later(-day) });
  const watched = aJob({ state: 'exhausted', retriesUsed: 3, exhausted: true, followUp: watch });
  expect(putOff(watched, unavailable, day, now, 0)).toEqual({
    job: { ...watched, followUp: null },
    decided: [],
  });
  const younger = { ...watched, followUp: { ...watch, requeuedAt: later(1 - day) } };
  expect(putOff(younger, unavailable, day, now, 0)).toEqual({
    job: { ...younger, followUp: { ...younger.followUp, lookAt: later(30_000), looks: 1 } },
    decided: [],
  });
});

test('without time to ask F&O, a failure is left for later, when its status is read first', () => {
  const fresh = aJob({ waiting: aWaiting(failure) });
  expect(leaveForLater(fresh, now)).toEqual({
    job: { ...fresh, waiting: aWaiting(failure, { statusFirst: true }), state: 'deferred' },
    decided: [
      {
        failure,
        decision: 'deferred',
        retry: null,
        dueAt: now,
        reason: 'There was no time left to ask F&O. It is tried again at 2026-03-02T01:00:00.000Z.',
        answer: null,
        announce: false,
        cause: 'no-time',
      },
    ],
  });
});

const gaveUp = {
  decision: 'refused',
  announce: true,
  dueAt: null,
  reason: expect.stringMatching(
    /It is given up, after trying since 2026-03-01T01:00:00\.000Z: a person must look\.$/,
  ),
};

test.each(notTaken)('$kind for giveUpAfter: given up, told of, and the retry given back', (outcome) => {
  const old = { ...claim, firstDueAt: later(-day), tries: 50 };
  expect(settle({ ...job, claim: old }, old, outcome, day, now, 0)).toMatchObject({
    job: { claim: null, waiting: null, followUp: null, retriesUsed: 1, episode: 1, state: 'refused' },
    decided: [{ failure, ...gaveUp }],
  });
  const younger = { ...old, firstDueAt: later(1 - day) };
  const told = { ...job, claim: younger, troubleTold: true };
  expect(settle(told, younger, outcome, day, now, 0)).toMatchObject({
    job: { state: 'deferred' },
    decided: [{ failure, decision: 'deferred', announce: false }],
  });
});

test.each(notTaken)(
  'a status that could not be read ($kind) for giveUpAfter: given up, all that is open',
  (outcome) => {
    const waiting = aWaiting(aFailure(2), { firstDueAt: later(-day), tries: 50 });
    expect(putOff(aJob({ waiting }), outcome, day, now, 0)).toMatchObject({
      job: { waiting: null, state: 'refused' },
      decided: [{ failure: aFailure(2), ...gaveUp }],
    });
    const claimed = { ...claim, firstDueAt: later(-day) };
    expect(putOff({ ...job, claim: claimed, waiting }, outcome, day, now, 0)).toMatchObject({
      job: { claim: null, waiting: null, retriesUsed: 2, state: 'refused' },
      decided: [
        { failure, ...gaveUp },
        { failure: aFailure(2), ...gaveUp },
      ],
    });
  },
);

test('what was given up is not found again by the follow-up of the requeue before it', () => {
  const waiting = aWaiting(aFailure(2), { firstDueAt: later(-day), statusFirst: true });
  const followed = aJob({ retriesUsed: 1, waiting, followUp: aFollowUp(failure) });
  expect(dueAt(putOff(followed, unavailable, day, now, 0).job)).toBeNull();
});

test.each([{ kind: 'unauthorized', answer }, misconfigured] satisfies NotTaken[])(
  '$kind is announced once a job, whoever meets it, until F&O answers a request again',
  (outcome) => {
    const first = settle(job, { ...claim, tries: 7 }, outcome, day, now, 0);
    expect(first).toMatchObject({ job: { troubleTold: true }, decided: [{ announce: true }] });

    const readAgain = putOff(first.job, outcome, day, later(hour), 0);
    expect(readAgain).toMatchObject({ job: { troubleTold: true }, decided: [{ announce: false }] });

    const nextFailure = { ...job, troubleTold: readAgain.job.troubleTold };
    expect(settle(nextFailure, claim, outcome, day, now, 0).decided[0]?.announce).toBe(false);

    const answered = settle(nextFailure, claim, { kind: 'taken', action, answer }, day, now, 0).job;
    const after = settle({ ...job, troubleTold: answered.troubleTold }, claim, outcome, day, now, 0);
    expect(after.decided[0]?.announce).toBe(true);
  },
);

test.each(notTaken.filter(({ kind }) => kind !== 'unauthorized' && kind !== 'misconfigured'))(
  '$kind is announced to nobody',
  (outcome) => {
    expect(settle(job, claim, outcome, day, now, 0).decided).toMatchObject([
      { decision: 'deferred', announce: false },
    ]);
  },
);

test('a deferral says why in one word, for those who count', () => {
  const causes = notTaken.map((outcome) => settle(job, claim, outcome, day, now, 0).decided[0]?.cause);
  const words = 'throttled unavailable unreachable no-token no-time unauthorized misconfigured';
  expect(causes).toEqual(words.split(' '));
});

test('one that must mend the set-up is told of each failure that it holds up', () => {
  const waiting = aWaiting(aFailure(2));
  const { decided } = putOff({ ...job, waiting }, misconfigured, day, now, 0);
  expect(decided).toMatchObject([
    { failure, decision: 'deferred', announce: true },
    { failure: aFailure(2), decision: 'deferred', announce: true },
  ]);
});

test('a follow-up that wrong set-up puts off tells nobody, so that the next failure does', () => {
  const followed = aJob({ state: 'requeued', followUp: aFollowUp(failure) });
  expect(putOff(followed, misconfigured, day, now, 0)).toMatchObject({
    job: { troubleTold: false },
    decided: [],
  });
});

test('set-up that turns out to be wrong only after another fault is announced all the same', () => {
  const first = settle(job, claim, unavailable, day, now, 0).job;
  expect(first.troubleTold).toBe(false);
  const { decided } = putOff(first, misconfigured, day, later(minute), 0);
  expect(decided).toMatchObject([{ failure, decision: 'deferred', announce: true }]);
});

const heldUntil = later(5 * minute);
const rateLimit = { kind: 'wait', until: heldUntil, cause: 'rate limit' } as const;
const openBreaker = { kind: 'wait', until: heldUntil, cause: 'breaker' } as const;

test.each([
  [0, 300_000],
  [0.5, 330_000],
  [0.999, 359_940],
])('a job that is held back (chance %d) is due %i ms later, with its retry given back', (random, dueMs) => {
  const due = later(dueMs);
  expect(holdBack(job, { ...claim, tries: 2 }, rateLimit, day, now, random)).toEqual({
    job: {
      ...job,
      claim: null,
      retriesUsed: 1,
      state: 'deferred',
      waiting: aWaiting(failure, { dueAt: due, statusFirst: true, tries: 2 }),
    },
    decided: [
      {
        failure,
        decision: 'deferred',
        retry: null,
        dueAt: due,
        reason: `F&O has got as many requeues this minute as it may. It is tried again at ${due.toISOString()}.`,
        answer: null,
        announce: false,
        cause: 'rate-limit',
      },
    ],
  });
});

test('a job that is held back by the breaker says that others met the fault', () => {
  expect(holdBack(job, claim, openBreaker, day, now, 0).decided).toMatchObject([
    { reason: expect.stringMatching(/^F&O was not available to others just now: it is left alone until /) },
  ]);
});

test('a failure that came meanwhile and waits for longer than what is held back keeps its time', () => {
  const waiting = aWaiting(aFailure(2), { dueAt: later(day) });
  expect(holdBack({ ...job, waiting }, claim, rateLimit, day, now, 0).job.waiting?.dueAt).toEqual(later(day));
});

test('a delay of the policy, however long, does not count towards giveUpAfter', () => {
  const waiting = aWaiting(aFailure(2), { firstDueAt: now });
  const long = aJob({ episodeStartedAt: later(-3 * day), lastFailureAt: later(-3 * day), waiting });
  expect(putOff(long, unavailable, day, now, 0).decided).toMatchObject([{ decision: 'deferred' }]);
});

test('a job that was held back for giveUpAfter is given up too', () => {
  const old = { ...claim, firstDueAt: later(-day) };
  expect(holdBack({ ...job, claim: old }, old, rateLimit, day, now, 0)).toMatchObject({
    job: { claim: null, waiting: null, retriesUsed: 1, state: 'refused' },
    decided: [{ failure, ...gaveUp }],
  });
});
