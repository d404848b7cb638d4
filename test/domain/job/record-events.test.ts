import { expect, test } from 'vitest';
import { type BatchJob, type Claim, idle, nextDueAt } from '../../../src/domain/job/batch-job.ts';
import { baselineOf, watch } from '../../../src/domain/job/defer.ts';
import type { Notification } from '../../../src/domain/job/notification.ts';
import type { OperatorAction } from '../../../src/domain/job/outcomes.ts';
import { transition } from '../../../src/domain/job/transition.ts';
import {
  aContext,
  aFailure,
  aJob,
  answer,
  aPending,
  changed,
  found,
  hour,
  later,
  minute,
  now,
} from './builders.ts';

const failure = aFailure(8);
const { waits: _waits, dueAt: _dueAt, ...attempt } = aPending(failure);
const claim: Claim = {
  token: 'of the request',
  origin: 'policy',
  attempt,
  baseline: baselineOf(failure),
  claimedAt: now,
  dueAt: later(35_000),
  isFateUnknown: false,
  polls: 0,
};
const requesting: BatchJob = aJob({
  phase: { kind: 'requesting', claim, before: idle },
  episode: { ...aJob().episode, startedAt: later(-hour), retriesUsed: 1 },
  wake: { id: 'W', at: claim.dueAt, isDeadLettered: false },
});

test('while a request is under way a newer failure waits for it, and F&O is not asked', () => {
  const { job, request, decisions } = changed(
    transition(requesting, { kind: 'failure', failure: aFailure(9) }, aContext()),
  );
  expect(request).toBeNull();
  expect(job).toMatchObject({ phase: requesting.phase, pending: { dueAt: claim.dueAt } });
  expect(decisions).toMatchObject([{ outcome: 'deferred', dueAt: claim.dueAt }]);
});

test('that the queue hands out the wake-up of a claim ends its lease, whatever the clocks say', () => {
  const woken = { kind: 'woken', wakeId: 'W', dueAt: claim.dueAt } as const;
  expect(transition(requesting, woken, aContext({ now: later(-hour) })).kind).toBe('read');
});

test('a failure that F&O could not take gives way to a newer one that waits', () => {
  const job = { ...requesting, pending: aPending(aFailure(9), { dueAt: later(2 * minute) }) };
  const outcome = { kind: 'throttled', retryAfterMs: 60_000, answer } as const;
  const after = changed(transition(job, { kind: 'answered', claim, outcome }, aContext()));
  expect(after.job.pending).toMatchObject({ failure: aFailure(9), dueAt: later(2 * minute) });
  expect(after.decisions).toMatchObject([{ outcome: 'superseded' }, { outcome: 'deferred' }]);
});

test('of a poll and a failure that waits, what is due first counts', () => {
  const phase = watch(failure, baselineOf(failure), now);
  for (const dueAt of [later(minute), later(2 * hour)]) {
    const job = aJob({ phase, pending: aPending(aFailure(9), { dueAt }) });
    expect(nextDueAt(job)).toEqual(dueAt < phase.nextPollAt ? dueAt : phase.nextPollAt);
  }
});

test('one process publishes the outbox at a time, and strikes off what it published and no more', () => {
  const job = aJob({
    outbox: { messages: [aMessage('1'), aMessage('2')], leaseUntil: null, isDeadLettered: false },
  });
  const leased = changed(transition(job, { kind: 'publishing' }, aContext())).job;
  expect(transition(leased, { kind: 'publishing' }, aContext({ now: later(29_000) })).kind).toBe('unchanged');
  expect(transition(leased, { kind: 'publishing' }, aContext({ now: later(31_000) })).kind).toBe('changed');
  const published = transition(leased, { kind: 'published', ids: new Set(['1']) }, aContext());
  expect(changed(published).job.outbox).toEqual({
    messages: [aMessage('2')],
    leaseUntil: null,
    isDeadLettered: false,
  });
});

test('only the wake-up that counts makes its job a dead letter', () => {
  expect(transition(requesting, { kind: 'dead-lettered', wakeId: 'another' }, aContext()).kind).toBe(
    'unchanged',
  );
  const marked = changed(transition(requesting, { kind: 'dead-lettered', wakeId: 'W' }, aContext()));
  expect(marked.job.wake).toMatchObject({ id: 'W', isDeadLettered: true });
});

test('a reset begins an episode, and leaves the request that is under way', () => {
  const { job } = changed(transition(requesting, byOperator('reset'), aContext()));
  expect(job).toMatchObject({
    phase: requesting.phase,
    episode: { number: 2, retriesUsed: 0, startedAt: now },
  });
});

test('set to waiting sends nothing beside a request that is not settled', () => {
  const read = found('Error', failure.endedAt);
  const beside = transition(requesting, byOperator('set-to-waiting'), aContext({ read }));
  expect(beside).toMatchObject({ kind: 'unchanged', dueAt: claim.dueAt });
});

test('what an operator asks for under a name that is known is not done again', () => {
  const context = aContext({ isKnown: true, read: found('Error', failure.endedAt) });
  for (const action of ['retry', 'set-to-waiting', 'reset'] as const)
    expect(transition(aJob(), byOperator(action), context).kind).toBe('unchanged');
});

function byOperator(action: OperatorAction) {
  return { kind: 'operator', action, by: 'a person', reason: 'Month end', failure: aFailure(9) } as const;
}

function aMessage(id: string): Notification {
  const episode = { episode: 1, episodeStartedAt: now, retriesUsed: 1 };
  const what = { event: 'requeued', decision: 'requeued', policy: null, retry: 1, reason: '' } as const;
  return { id, at: now, failure, ...episode, ...what };
}
