import { action } from './action.ts';
import { expect, test } from 'vitest';
import type { BatchJob } from '../../src/policy/batch-job.ts';
import { claimLeaseMs, nextStep, type Step } from '../../src/policy/next-step.ts';
import type { Observation } from '../../src/policy/outcome.ts';
import { settle } from '../../src/policy/settle.ts';
import type { RetryPolicy } from '../../src/policy/retry-policy.ts';
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
  observed,
  policy,
  now,
} from './builders.ts';

const failure = aFailure(2);

test('a fresh failure is claimed and its request sent, without reading the status', () => {
  const job = aJob({ retriesUsed: 1, waiting: aWaiting(failure, { serverErrors: 1, tries: 2 }) });

  const step = asked(job);

  expect(step).toMatchObject({
    kind: 'request',
    claim: {
      token: 'the token',
      failure,
      runEndedAt: null,
      retry: 2,
      claimedAt: now,
      leaseUntil: later(claimLeaseMs),
      firstDueAt: now,
      serverErrors: 1,
      tries: 2,
    },
    decided: [],
  });
  if (step.kind !== 'request') throw new Error(step.kind);
  expect(step.job).toEqual({ ...job, retriesUsed: 2, waiting: null, claim: step.claim });
});

test('the lease is longer than the 10 s after which F&O gives up on the webhook', () => {
  expect(claimLeaseMs).toBeGreaterThan(10_000);
});

test('a failure that was delayed, or looks old, has the status read first', () => {
  const job = aJob({ waiting: aWaiting(failure, { statusFirst: true }) });
  expect(asked(job)).toEqual({ kind: 'read-status' });
  expect(asked(job, observed('Error'))).toMatchObject({ kind: 'request', claim: { failure, retry: 1 } });
});

test.each(['Waiting', 'Executing', 'Finished', 'Canceled', 'Hold'])(
  'a job that is %s in F&O is left alone, and its failure superseded',
  (status) => {
    const job = aJob({ retriesUsed: 1, waiting: aWaiting(failure, { statusFirst: true }) });
    expect(asked(job, observed(status))).toMatchObject({
      kind: 'rest',
      job: { waiting: null, claim: null, retriesUsed: 1, state: 'superseded' },
      decided: [{ failure, decision: 'superseded', retry: null, dueAt: null }],
    });
  },
);

test('a job that F&O does not know is refused', () => {
  const job = aJob({ waiting: aWaiting(failure, { statusFirst: true }) });
  expect(asked(job, 'no such job')).toMatchObject({
    kind: 'rest',
    job: { waiting: null, retriesUsed: 0 },
    decided: [{ decision: 'refused' }],
  });
});

test('the retry after the last of the budget is exhausted; the last is not', () => {
  const waiting = aWaiting(failure);
  expect(asked(aJob({ retriesUsed: 2, waiting }))).toMatchObject({ kind: 'request', claim: { retry: 3 } });
  expect(asked(aJob({ retriesUsed: 3, waiting }))).toMatchObject({
    kind: 'rest',
    job: { waiting: null, retriesUsed: 3, state: 'exhausted', exhausted: true },
    decided: [{ failure, decision: 'exhausted', retry: null, announce: true }],
  });
});

test.each([
  ['an event', null, later(-2 * minute)],
  ['the status', observed('Error', later(-minute)), later(-minute)],
] as const)(
  'once the budget is used, F&O is asked now and then whether a person takes the job in hand; its run is known by %s',
  (_who, said, runEndedAt) => {
    const waiting = aWaiting(failure);
    const used = aJob({ retriesUsed: 3, lastEndedAt: later(-2 * minute), waiting });
    const step = asked(used, said);
    if (step.kind !== 'rest') throw new Error(step.kind);
    expect(step.job.followUp).toEqual({
      kind: 'watch',
      failure,
      runEndedAt,
      retry: 0,
      requeuedAt: now,
      lookAt: later(30 * minute),
      looks: 0,
    });
  },
);

test('a failure of a job that a person is awaited for is exhaustion again, and told of to nobody', () => {
  const followUp = aFollowUp(aFailure(1), { kind: 'watch', requeuedAt: later(-day), lookAt: later(minute) });
  const used = aJob({ retriesUsed: 3, exhausted: true, waiting: aWaiting(failure), followUp });
  expect(asked(used)).toMatchObject({
    job: { followUp: { kind: 'watch', failure, requeuedAt: now, lookAt: later(30 * minute) } },
    decided: [{ failure, decision: 'exhausted', announce: false }],
  });
});

test('a person who is awaited is looked for only when it is due', () => {
  const followUp = aFollowUp(failure, { kind: 'watch', lookAt: now });
  const watched = aJob({ retriesUsed: 3, exhausted: true, state: 'exhausted', followUp });
  const early = { ...watched, followUp: { ...followUp, lookAt: later(1) } };
  expect(asked(early, observed('Waiting'))).toEqual({ kind: 'rest', job: early, decided: [] });
  expect(asked(watched)).toEqual({ kind: 'read-status' });
  expect(asked(watched, observed('Executing'))).toMatchObject({
    kind: 'rest',
    job: { followUp: null, retriesUsed: 0, exhausted: false, state: 'canceled' },
    decided: [{ failure, decision: 'canceled' }],
  });
});

test('a budget that was made smaller meanwhile is exhausted too', () => {
  const job = aJob({ retriesUsed: 3, waiting: aWaiting(failure) });
  expect(asked(job, null, { ...policy, maxRetries: 1 })).toMatchObject({
    decided: [{ decision: 'exhausted' }],
  });
});

test('a failure that is not due stays as it is, deferred', () => {
  const waiting = aWaiting(failure, { dueAt: later(1) });
  expect(asked(aJob({ waiting }))).toMatchObject({
    kind: 'rest',
    job: { waiting },
    decided: [{ failure, decision: 'deferred', dueAt: later(1) }],
  });
});

test('exhaustion is announced once an episode', () => {
  const job = aJob({ retriesUsed: 3, exhausted: true, waiting: aWaiting(failure) });
  expect(asked(job)).toMatchObject({
    job: { exhausted: true, waiting: null },
    decided: [{ decision: 'exhausted', announce: false }],
  });
});

test('a failure that the policy lets wait is scheduled, not deferred', () => {
  const patient = { ...policy, delaysMs: [5 * minute] };
  const waiting = aWaiting(failure, { dueAt: later(5 * minute), statusFirst: true });
  expect(asked(aJob({ retriesUsed: 1, waiting }), null, patient)).toMatchObject({
    kind: 'rest',
    job: { waiting, state: 'scheduled' },
    decided: [
      {
        failure,
        decision: 'scheduled',
        dueAt: later(5 * minute),
        reason: expect.stringMatching(/^Retry 2 /),
      },
    ],
  });
});

test('what F&O could not take is deferred, also under a policy with delays', () => {
  const patient = { ...policy, delaysMs: [5 * minute] };
  const waiting = aWaiting(failure, { dueAt: later(minute), statusFirst: true, tries: 1 });
  expect(asked(aJob({ waiting }), null, patient)).toMatchObject({ decided: [{ decision: 'deferred' }] });
});

test('the claim knows the latest end of a run, be it told by an event or by the status', () => {
  const waiting = aWaiting(failure, { statusFirst: true });
  const known = aJob({ waiting, lastEndedAt: later(-2 * minute) });
  for (const [said, expected] of [
    [observed('Error', later(-3 * minute)), later(-2 * minute)],
    [observed('Error', later(-minute)), later(-minute)],
    [observed('Error'), later(-2 * minute)],
  ] as const) {
    expect(asked(known, said)).toMatchObject({
      claim: { runEndedAt: expected },
      job: { lastEndedAt: expected, followUp: null },
    });
  }
});

test('an entry that only watches records what would have been requeued, and sends nothing', () => {
  const job = aJob({ waiting: aWaiting(failure) });
  expect(asked(job, null, { ...policy, mode: 'shadow' })).toMatchObject({
    kind: 'rest',
    job: { waiting: null, claim: null, retriesUsed: 0 },
    decided: [{ decision: 'shadow', retry: 1 }],
  });
});

test('an entry that is off, or gone, ignores the failure and says so', () => {
  const job = aJob({ waiting: aWaiting(failure) });
  expect(asked(job, null, { ...policy, mode: 'off' })).toMatchObject({
    kind: 'rest',
    job: { waiting: null },
    decided: [{ decision: 'ignored', reason: 'Policy entry "Every job" is off.' }],
  });
  expect(asked(job, null, null)).toMatchObject({
    kind: 'rest',
    job: { waiting: null },
    decided: [{ decision: 'ignored', reason: 'No policy entry lists this job any more.' }],
  });
});

test('nothing open is left as it is', () => {
  const job = aJob({ retriesUsed: 2 });
  expect(asked(job)).toEqual({ kind: 'rest', job, decided: [] });
});

test('a claim within its lease is left to its process', () => {
  const job = aJob({ claim: aClaim(failure, { leaseUntil: later(1) }) });
  expect(asked(job, observed('Error'))).toEqual({ kind: 'rest', job, decided: [] });
});

test('a failure beside a claim within its lease waits until the lease is over', () => {
  const leaseUntil = later(20_000);
  const job = aJob({ claim: aClaim(aFailure(1), { leaseUntil }), waiting: aWaiting(failure) });
  expect(asked(job)).toMatchObject({
    kind: 'rest',
    job: { claim: job.claim, waiting: { failure, dueAt: leaseUntil }, state: 'deferred' },
    decided: [{ failure, decision: 'deferred', dueAt: leaseUntil }],
  });
});

test('a claim whose lease is over has the status read before anything else', () => {
  const job = aJob({ claim: aClaim(failure), waiting: aWaiting(aFailure(3)) });
  expect(asked(job)).toEqual({ kind: 'read-status' });
});

test('a claim that was not taken leads to another request in the same step, under a new token', () => {
  const job = aJob({ retriesUsed: 1, claim: aClaim(failure, { token: 'old' }) });
  expect(asked(job, observed('Error', failure.endedAt))).toMatchObject({
    kind: 'request',
    claim: { token: 'the token', failure, retry: 1 },
    job: { retriesUsed: 1 },
  });
});

test('a claim that was taken and failed again settles, and the next failure follows in the same step', () => {
  const next = aFailure(3);
  const job = aJob({
    retriesUsed: 1,
    claim: aClaim(failure),
    waiting: aWaiting(next, { statusFirst: true }),
  });
  expect(asked(job, observed('Error', next.endedAt))).toMatchObject({
    kind: 'request',
    claim: { failure: next, retry: 2 },
    decided: [{ failure, decision: 'requeued', retry: 1 }],
  });
});

test('a job that is gone refuses both the claim and what waits', () => {
  const job = aJob({ retriesUsed: 1, claim: aClaim(failure), waiting: aWaiting(aFailure(3)) });
  expect(asked(job, 'no such job')).toMatchObject({
    kind: 'rest',
    job: { claim: null, waiting: null },
    decided: [
      { failure, decision: 'refused' },
      { failure: aFailure(3), decision: 'refused' },
    ],
  });
});

test('a follow-up is left alone until it is due, and then the status is read', () => {
  const followUp = aFollowUp(failure);
  const early = aJob({ followUp: { ...followUp, lookAt: later(1) } });
  expect(asked(early, observed('Finished'))).toEqual({ kind: 'rest', job: early, decided: [] });
  expect(asked(aJob({ followUp }))).toEqual({ kind: 'read-status' });
  expect(asked(aJob({ followUp }), observed('Finished'))).toMatchObject({
    kind: 'rest',
    job: { followUp: null, state: 'recovered' },
    decided: [{ failure, decision: 'recovered' }],
  });
});

test('a job that waits for its requeued run has not recovered by a run that ended before the requeue', () => {
  const requeued = settle(
    aJob({ retriesUsed: 1, lastEndedAt: aFailure(1).endedAt, claim: aClaim(aFailure(1)) }),
    aClaim(aFailure(1)),
    { kind: 'taken', action, answer },
    day,
    now,
    0,
  ).job;
  const unheardOf = aFailure(2).endedAt;
  const lookedAt = nextStep(
    requeued,
    aContext({ observed: observed('Waiting', unheardOf), now: later(minute) }),
  );
  expect(lookedAt).toMatchObject({ kind: 'rest', job: { episode: 1, retriesUsed: 1 }, decided: [] });
});

test('a failure that a follow-up finds is claimed in the same step, as the next retry', () => {
  const job = aJob({ retriesUsed: 1, followUp: aFollowUp(failure) });
  expect(asked(job, observed('Error', later(-5000)))).toMatchObject({
    kind: 'request',
    claim: { retry: 2, runEndedAt: later(-5000), failure: { eventId: expect.stringMatching(/^LOST-/) } },
    job: { followUp: null, retriesUsed: 2 },
  });
});

test('a failure that a follow-up finds once the budget is used is exhaustion, and is announced', () => {
  const job = aJob({ retriesUsed: 3, followUp: aFollowUp(failure) });
  expect(asked(job, observed('Error', later(-5000)))).toMatchObject({
    kind: 'rest',
    job: {
      waiting: null,
      followUp: {
        kind: 'watch',
        failure: { eventId: expect.stringMatching(/^LOST-/) },
        runEndedAt: later(-5000),
      },
      state: 'exhausted',
    },
    decided: [
      { decision: 'exhausted', announce: true, failure: { eventId: expect.stringMatching(/^LOST-/) } },
    ],
  });
});

test('a failure that a follow-up finds waits as long as the policy says, as if its event had come', () => {
  const patient = { ...policy, delaysMs: [0, 30 * minute] };
  const job = aJob({ retriesUsed: 1, followUp: aFollowUp(failure) });
  expect(asked(job, observed('Error', later(-5000)), patient)).toMatchObject({
    kind: 'rest',
    job: { waiting: { firstDueAt: later(30 * minute), dueAt: later(30 * minute) } },
    decided: [{ decision: 'scheduled', dueAt: later(30 * minute) }],
  });
});

test('a failure that a follow-up finds once the budget is used does not wait as the policy says', () => {
  const patient = { ...policy, delaysMs: [30 * minute] };
  const job = aJob({ retriesUsed: 3, followUp: aFollowUp(failure) });
  expect(asked(job, observed('Error', later(-5000)), patient)).toMatchObject({
    decided: [{ decision: 'exhausted' }],
  });
});

test("a failure beside a claim waits as long as the policy says, also beyond the claim's lease", () => {
  const patient = { ...policy, delaysMs: [0, 30 * minute] };
  const leaseUntil = later(20_000);
  const due = { dueAt: later(30 * minute), statusFirst: true };
  const job = aJob({
    retriesUsed: 1,
    claim: aClaim(aFailure(1), { leaseUntil }),
    waiting: aWaiting(failure, due),
  });
  expect(asked(job, null, patient)).toMatchObject({ job: { waiting: { dueAt: later(30 * minute) } } });
});

test('a claim that counts as taken is followed up in the same step', () => {
  const job = aJob({ retriesUsed: 1, claim: aClaim(failure) });
  expect(asked(job, observed('Finished', later(-5000)))).toMatchObject({
    kind: 'rest',
    job: { claim: null, followUp: null, state: 'recovered', episode: 2, retriesUsed: 0 },
    decided: [
      { failure, decision: 'requeued', retry: 1 },
      { failure, decision: 'recovered' },
    ],
  });
  expect(asked(job, observed('Executing', failure.endedAt))).toMatchObject({
    kind: 'rest',
    job: { claim: null, state: 'requeued', followUp: { failure, retry: 1, looks: 1 } },
    decided: [{ failure, decision: 'requeued' }],
  });
});

test('a failure that turns out to be superseded leaves the follow-up of the requeue before it', () => {
  const followUp = aFollowUp(aFailure(1), { lookAt: later(minute) });
  const job = aJob({ retriesUsed: 1, followUp, waiting: aWaiting(failure, { statusFirst: true }) });
  expect(asked(job, observed('Waiting'))).toMatchObject({ kind: 'rest', job: { waiting: null, followUp } });
});

test('a request whose answer is lost each time is given up after giveUpAfter too', () => {
  const claim = aClaim(failure, { firstDueAt: later(-2 * day), tries: 20 });
  const job = aJob({ retriesUsed: 1, claim });
  expect(asked(job, observed('Error', failure.endedAt))).toMatchObject({
    kind: 'rest',
    job: { claim: null, waiting: null, retriesUsed: 0 },
    decided: [{ failure, decision: 'refused', announce: true }],
  });
});

test.each([
  ['the policy says', { ...policy, giveUpAfterMs: 90_000 }, 90_000],
  ['a day, if no policy lists the job any more', null, day],
])('a claim that was not taken is given up after as long as %s', (_what, under, giveUpAfterMs) => {
  const claim = aClaim(failure, { firstDueAt: later(-giveUpAfterMs) });
  const said = observed('Error', failure.endedAt);
  expect(asked(aJob({ retriesUsed: 1, claim }), said, under)).toMatchObject({
    job: { claim: null, waiting: null },
    decided: [{ failure, decision: 'refused' }],
  });
  const younger = { ...claim, firstDueAt: later(1 - giveUpAfterMs) };
  expect(asked(aJob({ retriesUsed: 1, claim: younger }), said, under)).not.toMatchObject({
    decided: [{ decision: 'refused' }],
  });
});

test('a claim made for an older failure, although F&O showed a newer end, is not taken for sent by that end', () => {
  const older = aFailure(1);
  const newerEnd = aFailure(2).endedAt;
  const claimed = asked(
    aJob({ waiting: aWaiting(older, { statusFirst: true }) }),
    observed('Error', newerEnd),
  );
  if (claimed.kind !== 'request') throw new Error(claimed.kind);

  const afterLease = later(claimLeaseMs);
  const step = nextStep(claimed.job, aContext({ observed: observed('Error', newerEnd), now: afterLease }));

  expect(step).toMatchObject({ kind: 'request', claim: { retry: 1 } });
});

function asked(
  job: BatchJob,
  said: Observation | 'no such job' | null = null,
  under: RetryPolicy | null = policy,
): Step {
  return nextStep(job, aContext({ policyFor: () => under, observed: said }));
}
