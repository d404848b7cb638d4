import { expect, test } from 'vitest';
import { idle } from '../../../src/domain/job/batch-job.ts';
import { transition } from '../../../src/domain/job/transition.ts';
import type { SetToWaitingOutcome } from '../../../src/domain/outcome.ts';
import { attempt, baseline, failure, requesting, type Sent, taken } from './a-request.ts';
import { action } from './action.ts';
import { aContext, aFailure, aPending, answer, changed, hour, later, minute, now } from './builders.ts';
import { noAnswer } from './not-taken-by-fate.ts';

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
  const unknownSince = { at: later(-hour), baseline };
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

test('the answer to another request leaves the claim alone', () => {
  const { claim, job } = requesting();
  const late = { kind: 'answered', claim: { ...claim, token: 'of before' }, outcome: taken } as const;
  expect(transition(job, late, aContext()).kind).toBe('unchanged');
});

test('a failure that is deferred keeps its place before an older one that waits', () => {
  const older = aFailure(5, { endedAt: later(-hour) });
  const { job, claim } = requesting({ isFateUnknown: false }, { pending: aPending(older) });
  const outcome: SetToWaitingOutcome = { kind: 'not-sent', cause: 'token', answer };
  const step = changed(transition(job, { kind: 'answered', claim, outcome }, aContext()));
  expect(step.job.pending?.failure.eventId).toBe(failure.eventId);
  expect(step.decisions.map(({ outcome: decided }) => decided)).toEqual(['superseded', 'deferred']);
});
