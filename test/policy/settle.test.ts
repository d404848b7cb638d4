import { action } from './action.ts';
import { expect, test } from 'vitest';
import type { BatchJob, Claim } from '../../src/policy/batch-job.ts';
import type { NotTaken, SetToWaitingOutcome } from '../../src/policy/outcome.ts';
import { settle as settleOf } from '../../src/policy/settle.ts';
import { aClaim, aFailure, aJob, aWaiting, answer, day, later, minute, now } from './builders.ts';
import { notTaken } from './not-taken.ts';

const failure = aFailure(1);
const claim = aClaim(failure, { retry: 2, claimedAt: now, leaseUntil: later(30_000), firstDueAt: now });
const job = aJob({ retriesUsed: 2, claim });

test('taken: the retry is used, the time of the requeue is kept, and its run is followed up', () => {
  expect(settle(job, claim, { kind: 'taken', action, answer }, now, 0)).toEqual({
    job: {
      ...job,
      claim: null,
      lastRequeueAt: now,
      state: 'requeued',
      followUp: {
        kind: 'requeue',
        failure,
        runEndedAt: failure.endedAt,
        retry: 2,
        requeuedAt: now,
        lookAt: later(30_000),
        looks: 0,
      },
    },
    decided: [
      {
        failure,
        decision: 'requeued',
        retry: 2,
        dueAt: null,
        reason: 'Failure 2 of this episode; F&O set the job to waiting.',
        answer,
        announce: false,
      },
    ],
  });
});

test('taken: a failure that came meanwhile still waits', () => {
  const waiting = aWaiting(aFailure(2), { statusFirst: true });
  expect(settle({ ...job, waiting }, claim, { kind: 'taken', action, answer }, now, 0).job.waiting).toBe(
    waiting,
  );
});

test("refused: final, with F&O's words, and the retry is given back", () => {
  const said = { status: 200, isSuccess: false, message: 'The job is being deleted.' };
  expect(settle(job, claim, { kind: 'refused', action, answer: said }, now, 0)).toMatchObject({
    job: { claim: null, waiting: null, retriesUsed: 1, lastRequeueAt: null, state: 'refused' },
    decided: [
      {
        decision: 'refused',
        retry: null,
        reason: 'F&O refused: The job is being deleted.',
        answer: said,
        announce: true,
      },
    ],
  });
});

test('refused: F&O is asked now and then whether a person takes the job in hand', () => {
  const { followUp } = settle(job, claim, { kind: 'refused', action, answer }, now, 0).job;
  expect(followUp).toEqual({
    kind: 'watch',
    failure,
    runEndedAt: failure.endedAt,
    retry: 0,
    requeuedAt: now,
    lookAt: later(30 * minute),
    looks: 0,
  });
});

test.each(['taken', 'refused'] as const)(
  '%s: F&O answers again, so that people are told anew of what they must mend',
  (kind) => {
    const told = aJob({ ...job, troubleTold: true });
    expect(settle(told, claim, { kind, action, answer }, now, 0).job.troubleTold).toBe(false);
  },
);

test('refused without words: says that there were none', () => {
  const silent = { status: 404, isSuccess: null, message: null };
  expect(settle(job, claim, { kind: 'refused', action, answer: silent }, now, 0).decided).toMatchObject([
    { reason: 'F&O refused: it gave no reason' },
  ]);
});

test.each([true, false])(
  'unknown (HTTP 500: %s, else of a gateway): the claim stays and the retry stays used until the status is read',
  (serverError) => {
    const settled = settle(
      job,
      claim,
      { kind: 'unknown', serverError, gatewayFault: !serverError, answer },
      later(5000),
      0,
    );
    const leaseUntil = later(35_000);
    expect(settled.job).toEqual({
      ...job,
      claim: { ...claim, leaseUntil, serverErrors: serverError ? 1 : 0, tries: 1 },
      state: 'deferred',
    });
    expect(settled.decided).toMatchObject([
      { failure, decision: 'deferred', retry: null, dueAt: leaseUntil },
    ]);
  },
);

test('a request whose fate is not known each time is looked at after longer and longer', () => {
  const unknown = { kind: 'unknown', serverError: false, gatewayFault: false, answer } as const;
  const leaseAfter = (tries: number) =>
    settle(job, { ...claim, tries }, unknown, now, 0.9).job.claim?.leaseUntil;
  expect([0, 1, 2, 9].map(leaseAfter)).toEqual([30, 60, 120, 1800].map((seconds) => later(seconds * 1000)));
});

test.each(notTaken)('$kind: the retry is given back and the failure waits again', (outcome) => {
  const { job: after, decided } = settle(job, claim, outcome, now, 0);

  expect(after).toMatchObject({ claim: null, retriesUsed: 1, lastRequeueAt: null, state: 'deferred' });
  expect(after.waiting).toMatchObject({ failure, statusFirst: true, tries: 1, serverErrors: 0 });
  const shortest = outcome.kind === 'not-sent' && outcome.cause === 'time' ? 1000 : 30_000;
  expect(after.waiting?.dueAt.getTime()).toBeGreaterThanOrEqual(later(shortest).getTime());
  expect(decided).toMatchObject([
    { failure, decision: 'deferred', retry: null, dueAt: after.waiting?.dueAt },
  ]);
});

test('a failure that came meanwhile and waits for longer is not made due earlier', () => {
  const waiting = aWaiting(aFailure(2), { dueAt: later(day) });
  for (const outcome of notTaken) {
    expect(settle({ ...job, waiting }, claim, outcome, now, 0).job.waiting?.dueAt).toEqual(later(day));
  }
});

test.each(notTaken)('$kind: the failure that came meanwhile stands for both', (outcome) => {
  const newer = aFailure(2);
  const { job: after, decided } = settle({ ...job, waiting: aWaiting(newer) }, claim, outcome, now, 0);

  expect(after).toMatchObject({ claim: null, retriesUsed: 1, waiting: { failure: newer, tries: 1 } });
  expect(decided).toMatchObject([
    { failure, decision: 'superseded', dueAt: null },
    { failure: newer, decision: 'deferred', dueAt: after.waiting?.dueAt },
  ]);
});

test('what F&O could not take twice is deferred for longer', () => {
  const unavailable: NotTaken = { kind: 'unavailable', retryAfterMs: null, answer };
  const dueAfter = (tries: number) =>
    settle(job, { ...claim, tries }, unavailable, now, 0).job.waiting?.dueAt;
  expect([0, 1, 2].map(dueAfter)).toEqual([later(30_000), later(60_000), later(120_000)]);
});

test('the reason of a refused token says what to check, and nothing of what came back', () => {
  const secretive: NotTaken = { kind: 'unauthorized', answer: { ...answer, message: 'Bearer abc' } };
  expect(settle(job, claim, secretive, now, 0).decided[0]?.reason).toBe(
    "F&O does not accept the service's token (HTTP 401): check that its application is a user in F&O. " +
      'It is tried again at 2026-03-02T01:01:00.000Z.',
  );
});

function settle(from: BatchJob, under: Claim, outcome: SetToWaitingOutcome, at: Date, random: number) {
  return settleOf(from, under, outcome, day, at, random);
}
