import { expect, test } from 'vitest';
import type { Failure } from '../../../src/domain/failure.ts';
import type { BatchJob } from '../../../src/domain/job/batch-job.ts';
import type { Context } from '../../../src/domain/job/job-event.ts';
import { transition } from '../../../src/domain/job/transition.ts';
import { aContext, aFailure, aJob, aPending, changed, day, found, hour, later, minute } from './builders.ts';

test('a failure that waits for a day is no quiet: the next one is of the same episode', () => {
  const job = aJob({
    episode: { ...aJob().episode, startedAt: later(-2 * day), retriesUsed: 2 },
    seen: { ...aJob().seen, activeAt: later(-2 * day) },
    pending: aPending(aFailure(1), { dueAt: later(minute) }),
  });
  expect(receive(job, aFailure(9)).job.episode).toMatchObject({ number: 1, retriesUsed: 2 });
  expect(receive({ ...job, pending: null }, aFailure(9)).job.episode).toMatchObject({
    number: 2,
    retriesUsed: 0,
  });
});

test('an event that says that its run ended next year is of the run that F&O shows', () => {
  const endedAt = later(-minute);
  const failure = aFailure(9, { endedAt: later(365 * day) });
  const { request, job } = receive(aJob(), failure, { read: found('Error', endedAt) });
  expect(request?.baseline.failedRunEndedAt).toEqual(endedAt);
  expect(job.seen.failedRunEndedAt).toBeNull();
});

test.each([
  [2, 'exhausted'],
  [3, null],
])(
  'an exhaustion that was announced at %i retries is, at 3, announced as %s',
  (exhaustionAnnouncedAtMax, notify) => {
    const job = aJob({ episode: { ...aJob().episode, retriesUsed: 3, exhaustionAnnouncedAtMax } });
    const { decisions } = receive(job, aFailure(9));
    expect(decisions.at(-1)).toMatchObject({ outcome: 'exhausted', notify });
  },
);

test('the late event of an older failure does not take the place of the newer one that waits', () => {
  const job = aJob({ pending: aPending(aFailure(5), { dueAt: later(hour) }) });
  const { job: after, decisions } = receive(job, aFailure(3));
  expect(after.pending?.failure).toEqual(aFailure(5));
  expect(decisions).toMatchObject([
    { outcome: 'superseded', failure: aFailure(3) },
    { outcome: 'scheduled' },
  ]);
});

test('the event of a run that was over when F&O took a requeue is not requeued again', () => {
  const { endedAt } = aFailure(5);
  const job = aJob({ seen: { ...aJob().seen, servedUntilAt: endedAt } });
  const { decisions, request } = receive(job, aFailure(5), { read: found('Error', endedAt) });
  expect(request).toBeNull();
  expect(decisions).toMatchObject([{ outcome: 'superseded' }]);
});

test("an operator's retry of a job that waits for its schedule, of which no failure is known, sends nothing", () => {
  const event = {
    kind: 'operator',
    action: 'retry',
    by: 'a person',
    reason: '',
    failure: aFailure(9),
  } as const;
  const waits = found('Waiting', later(-hour), { isRecurring: true, scheduledAt: later(hour) });
  const { request, decisions } = changed(transition(null, event, aContext({ read: waits })));
  expect(request).toBeNull();
  expect(decisions.at(-1)).toMatchObject({ outcome: 'superseded' });
});

/** The machine takes in the event of a failure; F&O shows the job in Error unless set. */
function receive(job: BatchJob, failure: Failure, more: Partial<Context> = {}) {
  const read = found('Error', failure.endedAt);
  return changed(transition(job, { kind: 'failure', failure }, aContext({ read, ...more })));
}
