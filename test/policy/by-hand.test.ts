import { expect, test } from 'vitest';
import { admit } from '../../src/policy/admit.ts';
import type { FollowUp } from '../../src/policy/batch-job.ts';
import { claimByHand, reset, settleByHand } from '../../src/policy/by-hand.ts';
import { nextStep } from '../../src/policy/next-step.ts';
import { resolveClaim } from '../../src/policy/resolve-claim.ts';
import { action } from './action.ts';
import {
  aClaim,
  aContext,
  aFailure,
  aFollowUp,
  aJob,
  answer,
  aWaiting,
  day,
  later,
  minute,
  now,
  observed,
  policy,
} from './builders.ts';

const failure = aFailure(2);
const paused = { at: later(-minute), by: 'Ann', reason: 'Month end' };
const byHand = aClaim(failure, { retry: 0 });

test('a reset with something open begins an episode then, so that its timeline has a beginning', () => {
  const before = { episodeStartedAt: later(-day), retriesUsed: 3, exhausted: true };
  const isNew = { episode: 2, exhausted: false };
  expect(reset(aJob({ ...before, waiting: aWaiting(failure) }), now)).toMatchObject({
    ...isNew,
    episodeStartedAt: now,
    retriesUsed: 0,
  });
  expect(reset(aJob({ ...before, claim: aClaim(failure) }), now)).toMatchObject({
    ...isNew,
    episodeStartedAt: now,
    retriesUsed: 1,
  });
  const watched = aJob({ ...before, followUp: aFollowUp(failure, { kind: 'watch' }) });
  expect(reset(watched, now)).toMatchObject({ ...isNew, episodeStartedAt: null, followUp: null });
});

test('an episode that begins with a set to waiting, whose failure nobody hears of, has a beginning', () => {
  const followUp = aFollowUp(failure, { retry: 0 });
  const step = nextStep(aJob({ followUp }), aContext({ observed: observed('Error', later(-5000)) }));
  expect(step).toMatchObject({ kind: 'request', job: { episodeStartedAt: followUp.requeuedAt } });
});

test('a request by hand whose answer was lost, and that was taken, lets an exhaustion be told of again', () => {
  const job = aJob({ retriesUsed: 3, exhausted: true, troubleTold: true, claim: byHand });
  expect(resolveClaim(job, byHand, observed('Waiting', failure.endedAt), day, now)).toMatchObject({
    job: { state: 'requeued', retriesUsed: 3, exhausted: false, troubleTold: false },
    decided: [{ decision: 'requeued', retry: null }],
  });
});

test.each(['Error', 'Finished', 'Canceled', 'Hold', 'NotRun'])(
  'a request by hand that left no trace on a job that is %s is not told of as taken',
  (status) => {
    const job = aJob({ state: 'deferred', claim: byHand });
    expect(resolveClaim(job, byHand, observed(status, failure.endedAt), day, now)).toMatchObject({
      job: { state: 'refused', claim: null, followUp: null },
      decided: [{ decision: 'refused', reason: expect.stringContaining(`the job is ${status}`) }],
    });
  },
);

test('a request by hand was taken if the job has run since, however it ended', () => {
  const job = aJob({ claim: byHand });
  for (const status of ['Error', 'Finished', 'Canceled', 'Waiting']) {
    const { decided } = resolveClaim(job, byHand, observed(status, later(-5000)), day, now);
    expect(decided).toMatchObject([{ decision: 'requeued' }]);
  }
});

test('a claim by hand for a job without record knows the end that F&O told', () => {
  const endedAt = later(-minute);
  expect(claimByHand(aJob(), aFailure(1, { endedAt }), 'a', now).runEndedAt).toEqual(endedAt);
  expect(claimByHand(aJob(), aFailure(1, { endedAt: later(2 * day) }), 'a', now).runEndedAt).toBeNull();
});

test('a failure after a set to waiting may be the one that it was for: the status tells, also if clocks differ', () => {
  const byClockAhead = aFailure(3, { endedAt: later(3 * minute) });
  const statusFirst = (followUp: FollowUp | null) => {
    const job = aJob({ lastRequeueAt: now, followUp });
    const admitted = admit(job, false, 'default', byClockAhead, policy, now);
    return admitted.kind === 'admitted' && admitted.job.waiting?.statusFirst;
  };
  expect(statusFirst(aFollowUp(failure, { retry: 0 }))).toBe(true);
  expect(statusFirst(aFollowUp(failure, { retry: 1 }))).toBe(false);
});

test('the state of a job for which a set to waiting came to nothing says so, unless something is open', () => {
  const outcome = { kind: 'refused', answer, action } as const;
  const stateOf = (job: Parameters<typeof settleByHand>[0]) =>
    settleByHand(job, byHand, outcome, now).job.state;
  expect(stateOf(aJob({ claim: byHand }))).toBe('refused');
  expect(stateOf(aJob({ claim: byHand, waiting: aWaiting(failure) }))).toBe('deferred');
  expect(stateOf(aJob({ claim: byHand, followUp: aFollowUp(failure) }))).toBe('requeued');
  expect(stateOf(aJob({ claim: byHand, state: 'superseded' }))).toBe('refused');
});

test.each([
  ['an older failure', failure],
  ['a retry by hand', { ...failure, endedAt: null }],
])('%s of a paused job does not end the follow-up of its requeue', (_what, other) => {
  const followUp = aFollowUp(failure, { lookAt: later(minute) });
  const job = aJob({ paused, followUp, waiting: aWaiting(other) });
  expect(nextStep(job, aContext())).toMatchObject({
    kind: 'rest',
    job: { state: 'paused', waiting: null, followUp },
    decided: [{ decision: 'paused' }],
  });
});

test('the failure of the requeued run of a paused job ends its follow-up', () => {
  const job = aJob({ paused, followUp: aFollowUp(failure), waiting: aWaiting(aFailure(3)) });
  expect(nextStep(job, aContext())).toMatchObject({
    job: { state: 'paused', followUp: { kind: 'watch' } },
    decided: [{ decision: 'paused' }],
  });
});
