import { expect, test } from 'vitest';
import { causeOfEvent } from '../../../src/domain/cause/choose-cause.ts';
import type { BatchJob } from '../../../src/domain/job/batch-job.ts';
import { notificationOf } from '../../../src/domain/job/notification.ts';
import { transition } from '../../../src/domain/job/transition.ts';
import { aContext, aFailure, aJob, aPending, found, later, minute, now } from './builders.ts';

const failure = aFailure(9);
const cause = causeOfEvent('Account 4711 is blocked.');
if (!cause) throw new Error('no cause');
const event = { kind: 'cause-found', failure, cause } as const;

function noted(job: BatchJob | null, isKnown = false) {
  return transition(job, event, aContext({ isKnown }));
}

test('a cause is one line of the history, and changes nothing else of the job', () => {
  const job = aJob({ pending: aPending(failure, { dueAt: later(minute) }), lastOutcome: 'scheduled' });
  const step = noted(job);
  expect(step).toMatchObject({ kind: 'changed', job, request: null });
  expect(step).toMatchObject({
    decisions: [{ about: 'cause', failure, reason: 'Account 4711 is blocked.', notify: null, found: cause }],
  });
});

test('a cause that is known, or of a job without a record, changes nothing', () => {
  expect(noted(aJob(), true)).toMatchObject({ kind: 'unchanged' });
  expect(noted(null)).toMatchObject({ kind: 'unchanged' });
});

test.each([
  [failure.eventId, 'cause'],
  [aFailure(8).eventId, null],
])('a person hears of the cause of the failure that was announced last: %s', (eventId, notify) => {
  const step = noted(aJob({ announced: { eventId, decision: 'refused' } }));
  const made = step.kind === 'changed' ? step.decisions : [];
  expect(made).toMatchObject([{ notify }]);
  const messages = made.map((one) => notificationOf(one, now, 'id'));
  expect(messages).toMatchObject(
    notify === null
      ? [null]
      : [{ event: 'cause', decision: 'refused', reason: 'The cause of this failure is known now.' }],
  );
});

test('an exhausted failure is the announced one, a requeued one is not', () => {
  const used = { ...aJob().episode, retriesUsed: 3 };
  const read = found('Error', failure.endedAt);
  const exhausted = transition(aJob({ episode: used }), { kind: 'failure', failure }, aContext({ read }));
  expect(exhausted).toMatchObject({
    job: { announced: { eventId: failure.eventId, decision: 'exhausted' } },
  });
  const claimed = transition(aJob(), { kind: 'failure', failure }, aContext({ read }));
  expect(claimed).toMatchObject({ job: { announced: null } });
});
