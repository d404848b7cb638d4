import { expect, test } from 'vitest';
import type { Attempt, Baseline, BatchJob, Claim } from '../../../src/domain/job/batch-job.ts';
import { idle } from '../../../src/domain/job/batch-job.ts';
import { transition } from '../../../src/domain/job/transition.ts';
import type { Observation, ReadOutcome, SetToWaitingOutcome } from '../../../src/domain/outcome.ts';
import { action } from './action.ts';
import {
  aContext,
  aFailure,
  aJob,
  aPending,
  answer,
  changed,
  day,
  found,
  hour,
  later,
  minute,
  now,
  policy,
} from './builders.ts';
import { noAnswer } from './not-taken-by-fate.ts';

const failure = aFailure(8);
const { endedAt } = failure;
const nothing = { startedAt: null, scheduledAt: null };
const inError: Baseline = {
  status: 'Error',
  ...nothing,
  endedAt,
  readAt: later(-minute),
  failedRunEndedAt: endedAt,
};
const tomorrow = later(20 * hour);
const recurring: Baseline = { ...inError, status: 'Waiting', scheduledAt: tomorrow };
const isRecurring = true;

const attempt: Attempt = {
  failure,
  firstDueAt: later(-minute),
  deferrals: 0,
  http500s: 0,
  unshown: 0,
  unproven: 0,
  unknownSince: null,
  askedByOperator: false,
};

type Sent = { job: BatchJob; claim: Claim };

/** A job whose request was sent a minute ago. */
function requesting(more: Partial<Claim> = {}, given: Partial<BatchJob> = {}): Sent {
  const claim: Claim = {
    token: 'of the request',
    origin: 'policy',
    attempt,
    baseline: inError,
    claimedAt: later(-minute),
    dueAt: now,
    isFateUnknown: true,
    polls: 0,
    ...more,
  };
  const wake = { id: 'W', at: now, isDeadLettered: false };
  return { job: aJob({ phase: { kind: 'requesting', claim, before: idle }, wake, ...given }), claim };
}

/** Its wake-up comes, and F&O shows this. */
function look({ job }: Sent, status: string, more: Partial<Observation> = {}) {
  const read = found(status, endedAt, more);
  const { request, ...step } = changed(
    transition(job, { kind: 'woken', wakeId: 'W', dueAt: now }, aContext({ read, token: 'new' })),
  );
  return { ...step, sendsAgain: request, used: step.job.episode.retriesUsed };
}

const newer = { endedAt: later(-1000), readAt: now };
const moved = { isRecurring, scheduledAt: later(minute) };
const waits = { isRecurring, scheduledAt: tomorrow };

test.each<[string, string, Partial<Observation>, Baseline]>([
  ['in Error, after a newer run', 'Error', newer, inError],
  ['Executing', 'Executing', {}, inError],
  ['Waiting, and does not recur', 'Waiting', {}, inError],
  ['Finished', 'Finished', newer, inError],
  ['Waiting, and its planned start has moved near', 'Waiting', moved, recurring],
  ['Waiting, after a newer run', 'Waiting', { ...waits, ...newer }, recurring],
])('a request whose answer was lost has arrived if the job is %s', (_what, status, more, baseline) => {
  const { decisions } = look(requesting({ baseline }), status, more);
  expect(decisions[0]).toMatchObject({ outcome: 'requeued', retry: 1 });
});

test('a request whose answer was lost has arrived if a newer run was heard of, though F&O tells no times', () => {
  const seen = { ...aJob().seen, finishedRunEndedAt: later(-1000) };
  const { decisions } = look(requesting({ baseline: recurring }, { seen }), 'Waiting', {
    ...waits,
    endedAt: null,
  });
  expect(decisions[0]).toMatchObject({ outcome: 'requeued', retry: 1 });
});

test('a request whose answer was lost has not arrived if the job is in Error as before: it is sent again', () => {
  const { sendsAgain, used, job } = look(requesting(), 'Error');
  expect({ token: sendsAgain?.token, used }).toEqual({ token: 'new', used: 0 });
  expect(job.episode.releasedClaim).toBe('of the request');
});

test.each(['policy', 'operator'] as const)(
  'a job that a person took out after a request (of the %s) gets no second one, and its episode ends',
  (origin) => {
    const { sendsAgain, job, decisions } = look(requesting({ origin }), 'Canceled');
    expect(sendsAgain).toBeNull();
    expect(job).toMatchObject({ phase: { kind: 'idle' }, episode: { number: 2 } });
    expect(decisions).toMatchObject([{ outcome: 'superseded' }]);
  },
);

test('a recurring job that waits as before proves nothing: a second request is sent after 3 minutes, by the first baseline', () => {
  const first = look(requesting({ baseline: recurring }), 'Waiting', waits);
  expect(first.sendsAgain).toBeNull();
  expect(first.job.phase).toMatchObject({ kind: 'requesting', claim: { isFateUnknown: true } });
  expect(first.decisions).toEqual([]);

  const unknownSince = { at: later(-3 * minute), baseline: recurring };
  const polls = 4;
  const claim = { baseline: recurring, polls, attempt: { ...attempt, unknownSince } };
  const second = look(requesting(claim), 'Waiting', waits);
  expect(second.sendsAgain).toMatchObject({ baseline: recurring, attempt: { unknownSince } });
  expect(second.used).toBe(0);
});

test('where F&O tells neither times nor a schedule, a request without a trace uses budget, to be safe', () => {
  const untold = { ...recurring, endedAt: null, scheduledAt: null };
  const unknownSince = { at: later(-3 * minute), baseline: untold };
  const polls = 4;
  const sent = requesting({ baseline: untold, polls, attempt: { ...attempt, unknownSince } });
  expect(look(sent, 'Waiting', { isRecurring, endedAt: null }).used).toBe(1);
});

test.each([
  ['the first', 0, 0, 0],
  ['the first, and the last retry', 0, 2, 1],
  ['the second', 1, 0, 2],
  ['the third', 2, 1, 1],
])(
  'where F&O tells a schedule but no times, %s request without a trace',
  (_what, unproven, retriesUsed, uses) => {
    const untold = { ...recurring, endedAt: null };
    const unknownSince = { at: later(-3 * minute), baseline: untold };
    const episode = { ...aJob().episode, retriesUsed };
    const sent = requesting(
      { baseline: untold, polls: 4, attempt: { ...attempt, unproven, unknownSince } },
      { episode },
    );
    const { used, sendsAgain, job } = look(sent, 'Waiting', { ...waits, endedAt: null });
    expect(used).toBe(retriesUsed + uses);
    expect(sendsAgain?.attempt.unproven ?? null).toBe(used < policy.maxRetries ? unproven + 1 : null);
    expect(job.episode.releasedClaim).toBe(uses === 0 ? 'of the request' : null);
  },
);

test('after three answers of HTTP 500, and after giveUpAfter, no request is sent again', () => {
  for (const tried of [{ http500s: 3 }, { firstDueAt: later(-2 * day) }]) {
    const { sendsAgain, decisions } = look(requesting({ attempt: { ...attempt, ...tried } }), 'Error');
    expect(sendsAgain).toBeNull();
    expect(decisions).toMatchObject([{ outcome: 'refused', notify: 'needs-attention' }]);
  }
});

const taken: SetToWaitingOutcome = { kind: 'taken', answer, action };
const refused: SetToWaitingOutcome = { kind: 'refused', answer, action };
const lost: SetToWaitingOutcome = {
  kind: 'unknown',
  serverError: false,
  gatewayFault: false,
  answer: noAnswer,
};
const throttled: SetToWaitingOutcome = { kind: 'throttled', retryAfterMs: 60_000, answer };

function settle({ job, claim }: Sent, outcome: SetToWaitingOutcome) {
  return transition(job, { kind: 'answered', claim, outcome }, aContext());
}

test('a request that F&O took costs budget, is followed, and serves the run that failed', () => {
  const { job } = changed(settle(requesting(), taken));
  expect(job).toMatchObject({
    episode: { retriesUsed: 1 },
    phase: { kind: 'following', retry: 1 },
    seen: { servedUntilAt: later(-2 * minute + 2000), activeAt: now },
  });
});

test("an operator's request costs no budget, and is sent once", () => {
  const byOperator = requesting({ origin: 'operator' });
  expect(changed(settle(byOperator, taken)).job.episode.retriesUsed).toBe(0);
  for (const outcome of [refused, throttled]) {
    const { job: after, decisions } = changed(settle(byOperator, outcome));
    expect(after).toMatchObject({ phase: { kind: 'idle' }, pending: null });
    expect(decisions).toMatchObject([{ outcome: 'refused', notify: null }]);
  }
  const { claim, job } = byOperator;
  const denied = { kind: 'permit-denied', claim, until: later(minute), cause: 'rate-limit' } as const;
  expect(changed(transition(job, denied, aContext())).job).toMatchObject({ phase: idle, pending: null });
});

test.each([
  [false, 0],
  [true, 1],
])('a lost answer keeps its claim and counts nothing; HTTP 500 (%s) is noted', (serverError, http500s) => {
  const { job } = changed(settle(requesting(), { ...lost, serverError }));
  expect(job).toMatchObject({
    episode: { retriesUsed: 0 },
    phase: { kind: 'requesting', claim: { isFateUnknown: true, attempt: { http500s } } },
    pending: null,
  });
});

test('a request that was throttled after one of unknown fate keeps the claim of that one', () => {
  const unknownSince = { at: later(-hour), baseline: inError };
  const { job } = changed(settle(requesting({ attempt: { ...attempt, unknownSince } }), throttled));
  expect(job.phase).toMatchObject({ kind: 'requesting', claim: { attempt: { unknownSince } } });
});

test('what F&O refuses needs attention, and the job is watched', () => {
  const { job, decisions } = changed(settle(requesting(), refused));
  expect(job.phase.kind).toBe('watching');
  expect(decisions).toMatchObject([{ outcome: 'refused', notify: 'needs-attention' }]);
});

test.each(['sign-in-refused', 'unauthorized', 'misconfigured'] as const)(
  'a set-up problem (%s) is announced once, and its failure waits',
  (kind) => {
    const first = changed(settle(requesting(), { kind, answer }));
    expect(first.decisions).toMatchObject([{ outcome: 'deferred', notify: 'needs-attention' }]);
    expect(first.job).toMatchObject({
      phase: { kind: 'idle' },
      pending: { waits: 'deferral', deferrals: 1 },
    });
    const second = changed(settle(requesting({}, { setupProblemAnnounced: true }), { kind, answer }));
    expect(second.decisions).toMatchObject([{ notify: null }]);
  },
);

test('a request that was taken for lost is counted when F&O took it all the same, once, and no other', () => {
  const { claim } = requesting();
  const late = { kind: 'answered', claim, outcome: taken } as const;
  const released = (releasedClaim: string | null) =>
    transition(aJob({ episode: { ...aJob().episode, releasedClaim } }), late, aContext());
  expect(changed(released(claim.token)).job.episode).toMatchObject({ retriesUsed: 1, releasedClaim: null });
  expect(released('of another').kind).toBe('unchanged');
  expect(released(null).kind).toBe('unchanged');
});

test('the answer to another request leaves the claim alone', () => {
  const { claim, job } = requesting();
  const late = { kind: 'answered', claim: { ...claim, token: 'of before' }, outcome: taken } as const;
  expect(transition(job, late, aContext()).kind).toBe('unchanged');
});

test('giving up on a request of unknown fate, unread, uses budget: it may have been accepted', () => {
  const long = {
    ...attempt,
    firstDueAt: later(-2 * day),
    unknownSince: { at: later(-2 * day), baseline: inError },
  };
  const { job } = requesting({ attempt: long });
  const read: ReadOutcome = { kind: 'unavailable', retryAfterMs: null, answer };
  const step = changed(transition(job, { kind: 'woken', wakeId: 'W', dueAt: now }, aContext({ read })));
  expect(step.decisions).toMatchObject([{ outcome: 'refused' }]);
  expect(step.job.episode.retriesUsed).toBe(1);
});

test('a failure that is deferred keeps its place before an older one that waits', () => {
  const older = aFailure(5, { endedAt: later(-hour) });
  const { job, claim } = requesting({ isFateUnknown: false }, { pending: aPending(older) });
  const outcome: SetToWaitingOutcome = { kind: 'not-sent', cause: 'token', answer };
  const step = changed(transition(job, { kind: 'answered', claim, outcome }, aContext()));
  expect(step.job.pending?.failure.eventId).toBe(failure.eventId);
  expect(step.decisions.map(({ outcome: decided }) => decided)).toEqual(['superseded', 'deferred']);
});
