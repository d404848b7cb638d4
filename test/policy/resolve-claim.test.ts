import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BatchJob } from '../../src/policy/batch-job.ts';
import { nextStep } from '../../src/policy/next-step.ts';
import { resolveClaim } from '../../src/policy/resolve-claim.ts';
import { settle } from '../../src/policy/settle.ts';
import {
  aClaim,
  aContext,
  aFailure,
  aJob,
  aWaiting,
  answer,
  day,
  later,
  now,
  observed,
  policy,
} from './builders.ts';

const failure = aFailure(2);
const firstDueAt = later(-90_000);
const claim = aClaim(failure, { retry: 2, tries: 3, firstDueAt });
const job = aJob({ retriesUsed: 2, claim });

test.each(['Waiting', 'Executing', 'Finished', 'Canceled'])(
  'not in Error any more (%s): the request counts as taken',
  (status) => {
    expect(
      resolveClaim(job, claim, observed(status, failure.endedAt), policy.giveUpAfterMs, now),
    ).toMatchObject({
      job: { claim: null, waiting: null, retriesUsed: 2, lastRequeueAt: claim.claimedAt },
      decided: [{ failure, decision: 'requeued', retry: 2, answer: null }],
    });
  },
);

test('in Error after a later run: the request counts as taken', () => {
  const { job: after, decided } = resolveClaim(
    job,
    claim,
    observed('Error', later(-5000)),
    policy.giveUpAfterMs,
    now,
  );

  expect(after).toMatchObject({
    claim: null,
    waiting: null,
    retriesUsed: 2,
    lastRequeueAt: claim.claimedAt,
    state: 'requeued',
    followUp: {
      kind: 'requeue',
      failure,
      runEndedAt: claim.runEndedAt,
      retry: 2,
      requeuedAt: claim.claimedAt,
      lookAt: now,
      looks: 0,
    },
  });
  expect(decided).toMatchObject([{ failure, decision: 'requeued', retry: 2 }]);
});

test('in Error with no run since: not taken, the retry is given back and the failure waits again', () => {
  const { job: after, decided } = resolveClaim(
    job,
    claim,
    observed('Error', failure.endedAt),
    policy.giveUpAfterMs,
    now,
  );

  expect(after).toMatchObject({ claim: null, retriesUsed: 1, lastRequeueAt: null });
  expect(after.waiting).toEqual({
    failure,
    firstDueAt,
    dueAt: now,
    statusFirst: true,
    serverErrors: 0,
    tries: 3,
  });
  expect(after.followUp).toBeNull();
  expect(decided).toEqual([]);
});

test.each([
  ['F&O does not say', failure, null],
  ['nothing told when it was claimed', aFailure(2, { endedAt: null }), later(-5000)],
  ['neither says', aFailure(2, { endedAt: null }), null],
])(
  'in Error, and %s when the run ended: it waits again and the retry stays used',
  (_who, failed, endedAt) => {
    const untold = aClaim(failed, { retry: 2 });
    const { job: after } = resolveClaim(
      { ...job, claim: untold },
      untold,
      observed('Error', endedAt),
      policy.giveUpAfterMs,
      now,
    );

    expect(after).toMatchObject({
      claim: null,
      retriesUsed: 2,
      waiting: { failure: failed, statusFirst: true },
    });
  },
);

test('ends within a second are of one run, further apart they are of two', () => {
  fc.assert(
    fc.property(fc.integer({ min: -3000, max: 600_000 }), (apartMs) => {
      const endedAt = new Date((failure.endedAt?.getTime() ?? 0) + apartMs);
      const { decided } = resolveClaim(job, claim, observed('Error', endedAt), policy.giveUpAfterMs, now);
      expect(decided.map(({ decision }) => decision)).toEqual(apartMs > 1000 ? ['requeued'] : []);
    }),
  );
});

test('no such job: refused, and the retry stays used, for it may have been taken before', () => {
  expect(resolveClaim(job, claim, 'no such job', policy.giveUpAfterMs, now)).toMatchObject({
    job: { claim: null, waiting: null, followUp: null, retriesUsed: 2, state: 'refused' },
    decided: [{ failure, decision: 'refused', retry: null }],
  });
});

test.each([
  ['not taken', failure.endedAt, 1, claim.token],
  ['not to be told whether it was taken', null, 2, null],
])('%s for giveUpAfter: refused; a millisecond less, and it waits again', (...given) => {
  const [, endedAt, retriesUsed, returnedClaim] = given;
  const resolved = (giveUpAfterMs: number) =>
    resolveClaim(job, claim, observed('Error', endedAt), giveUpAfterMs, now);
  expect(resolved(90_000)).toEqual({
    job: { ...job, claim: null, retriesUsed, returnedClaim, state: 'refused' },
    decided: [
      {
        failure,
        decision: 'refused',
        retry: null,
        dueAt: null,
        reason:
          "F&O's answers are lost again and again, since 2026-03-02T00:58:30.000Z: it is given up, a person must look.",
        answer: null,
        announce: true,
      },
    ],
  });
  expect(resolved(90_001)).toMatchObject({
    job: { retriesUsed, waiting: { failure, firstDueAt } },
    decided: [],
  });
});

test.each([
  ['is Waiting', observed('Waiting')],
  ['has run, and failed, since', observed('Error', later(-5000))],
])('a job that %s is not given up, however old its failure is', (_what, said) => {
  expect(resolveClaim(job, claim, said, 0, now).decided).toMatchObject([{ decision: 'requeued' }]);
});

test('a failure that came meanwhile and waits for longer is not made due earlier', () => {
  const waiting = aWaiting(aFailure(3), { dueAt: later(day) });
  const { job: after } = resolveClaim(
    { ...job, waiting },
    claim,
    observed('Error', failure.endedAt),
    policy.giveUpAfterMs,
    now,
  );
  expect(after.waiting).toEqual({ ...waiting, tries: 3 });
});

test('what was not taken is stood for by the failure that came meanwhile', () => {
  const newer = aWaiting(aFailure(3), { statusFirst: true });
  const { job: after, decided } = resolveClaim(
    { ...job, waiting: newer },
    claim,
    observed('Error', failure.endedAt),
    policy.giveUpAfterMs,
    now,
  );

  expect(after.waiting).toEqual({ ...newer, dueAt: now, tries: 3 });
  expect(decided).toMatchObject([{ failure, decision: 'superseded' }]);
});

test('a run is known by the latest end when the claim was made, not by the end in its own event', () => {
  const older = aClaim(aFailure(1), { runEndedAt: failure.endedAt });
  const { job: after } = resolveClaim(
    { ...job, claim: older },
    older,
    observed('Error', failure.endedAt),
    policy.giveUpAfterMs,
    now,
  );
  expect(after).toMatchObject({ claim: null, retriesUsed: 1, waiting: { failure: aFailure(1) } });
});

test('what was taken leaves the failure that came meanwhile to be decided', () => {
  const newer = aWaiting(aFailure(3), { statusFirst: true });
  const { job: after } = resolveClaim(
    { ...job, waiting: newer },
    claim,
    observed('Waiting'),
    policy.giveUpAfterMs,
    now,
  );
  expect(after).toMatchObject({ claim: null, waiting: newer, retriesUsed: 2 });
});

test('three HTTP 500 to requests for one failure that stays in Error count as a refusal, and cost nothing', () => {
  let current: BatchJob = aJob({ waiting: aWaiting(failure) });
  let at = now;
  const decisions: string[] = [];
  let requests = 0;
  for (let round = 0; round < 10 && (current.claim ?? current.waiting); round++) {
    const step = nextStep(
      current,
      aContext({ observed: observed('Error', failure.endedAt), token: `token ${round}`, now: at }),
    );
    if (step.kind === 'read-status') throw new Error('the status was told');
    decisions.push(...step.decided.map(({ decision }) => decision));
    current = step.job;
    if (step.kind === 'rest') continue;
    requests++;
    const error500 = {
      kind: 'unknown',
      serverError: true,
      gatewayFault: false,
      answer: { ...answer, status: 500 },
    } as const;
    current = settle(step.job, step.claim, error500, day, at, 0).job;
    at = current.claim?.leaseUntil ?? at;
  }
  expect({ requests, decisions, retriesUsed: current.retriesUsed }).toEqual({
    requests: 3,
    decisions: ['refused'],
    retriesUsed: 0,
  });
});
