import { expect, test } from 'vitest';
import type { Baseline } from '../../../src/domain/job/batch-job.ts';
import { transition } from '../../../src/domain/job/transition.ts';
import type { Observation, ReadOutcome } from '../../../src/domain/outcome.ts';
import { attempt, baseline, failure, requesting, type Sent, taken } from './a-request.ts';
import { aContext, aJob, answer, changed, day, found, hour, later, minute, now, policy } from './builders.ts';

const { endedAt } = failure;
const tomorrow = later(20 * hour);
const recurring: Baseline = { ...baseline, status: 'Waiting', scheduledAt: tomorrow };
const isRecurring = true;

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
  ['in Error, after a newer run', 'Error', newer, baseline],
  ['Executing', 'Executing', {}, baseline],
  ['Waiting, and does not recur', 'Waiting', {}, baseline],
  ['Finished', 'Finished', newer, baseline],
  ['Waiting, and its planned start has moved near', 'Waiting', moved, recurring],
  ['Waiting, after a newer run', 'Waiting', { ...waits, ...newer }, recurring],
])('a request whose answer was lost has arrived if the job is %s', (_what, status, more, baseline) => {
  const { decisions } = look(requesting({ baseline }), status, more);
  expect(decisions[0]).toMatchObject({ outcome: 'requeued', retry: 1 });
});

test('a request whose answer was lost has arrived if an event of a newer run came, though F&O shows no times', () => {
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

test('where F&O shows neither times nor a schedule, a request without a trace uses budget, to be safe', () => {
  const timeless = { ...recurring, endedAt: null, scheduledAt: null };
  const unknownSince = { at: later(-3 * minute), baseline: timeless };
  const polls = 4;
  const sent = requesting({ baseline: timeless, polls, attempt: { ...attempt, unknownSince } });
  expect(look(sent, 'Waiting', { isRecurring, endedAt: null }).used).toBe(1);
});

test.each([
  ['the first', 0, 0, 0],
  ['the first, and the last retry', 0, 2, 1],
  ['the second', 1, 0, 2],
  ['the third', 2, 1, 1],
])(
  'where F&O shows a schedule but no times, %s request without a trace',
  (_what, unproven, retriesUsed, uses) => {
    const timeless = { ...recurring, endedAt: null };
    const unknownSince = { at: later(-3 * minute), baseline: timeless };
    const episode = { ...aJob().episode, retriesUsed };
    const sent = requesting(
      { baseline: timeless, polls: 4, attempt: { ...attempt, unproven, unknownSince } },
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

test('giving up on a request of unknown fate, unread, uses budget: it may have been accepted', () => {
  const long = {
    ...attempt,
    firstDueAt: later(-2 * day),
    unknownSince: { at: later(-2 * day), baseline },
  };
  const { job } = requesting({ attempt: long });
  const read: ReadOutcome = { kind: 'unavailable', retryAfterMs: null, answer };
  const step = changed(transition(job, { kind: 'woken', wakeId: 'W', dueAt: now }, aContext({ read })));
  expect(step.decisions).toMatchObject([{ outcome: 'refused' }]);
  expect(step.job.episode.retriesUsed).toBe(1);
});

test('a request that was taken for lost is counted when F&O took it all the same, once, and no other', () => {
  const { claim } = requesting();
  const late = { kind: 'answered', claim, outcome: taken } as const;
  const released = (releasedClaim: string | null) =>
    transition(aJob({ episode: { ...aJob().episode, releasedClaim } }), late, aContext());
  expect(changed(released(claim.token)).job.episode).toMatchObject({ retriesUsed: 1, releasedClaim: null });
  expect(released('of another').kind).toBe('unchanged');
  expect(released(null).kind).toBe('unchanged');
});
