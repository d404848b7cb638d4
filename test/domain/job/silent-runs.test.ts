import { expect, test } from 'vitest';
import type { BatchJob, Seen } from '../../../src/domain/job/batch-job.ts';
import type { JobEvent } from '../../../src/domain/job/job-event.ts';
import { transition } from '../../../src/domain/job/transition.ts';
import { aContext, aFailure, aJob, changed, day, found, hour, later, minute, now } from './builders.ts';

/** The run failed a minute ago. N, the start that F&O had planned after the silent run, was an hour ago. */
const failure = aFailure(9);
const plannedAt = later(-hour);
const servedUntilAt = later(-70 * minute);
const waits = (startedMs: number) =>
  found('Waiting', failure.endedAt, {
    isRecurring: true,
    startedAt: later(startedMs),
    scheduledAt: later(hour),
  });

/** A requeued run has ended in silence. */
function silent(more: Partial<Seen> = {}): BatchJob {
  const { seen, episode } = aJob();
  return aJob({
    episode: { ...episode, startedAt: later(-80 * minute), retriesUsed: 1 },
    seen: {
      ...seen,
      endedWithoutEvent: { nextStartAt: plannedAt },
      failedRunEndedAt: servedUntilAt,
      servedUntilAt,
      runEndedAt: later(-65 * minute),
      activeAt: later(-80 * minute),
      ...more,
    },
  });
}

function moot(endedAt: Date): JobEvent {
  const run = { startedAt: later(endedAt.getTime() - now.getTime() - minute), endedAt };
  const learned = { ...aFailure(1, { endedAt }), learned: 'history' } as const;
  return { kind: 'run-learned', end: 'failed', run, failure: learned, staysShown: false, isMoot: true };
}

function episodeAfter(job: BatchJob, failuresToldUntil: Date | null, startedMs = -2 * minute): number {
  const context = aContext({ read: waits(startedMs), failuresToldUntil });
  return changed(transition(job, { kind: 'failure', failure }, context)).job.episode.number;
}

test.each<[string, Date | null, number]>([
  ['only events tell of failures', null, 2],
  ['looks have told until after the planned start', later(-44 * minute), 2],
  ['looks have told until the planned start only', later(-45 * minute), 1],
  ['nobody knows until when looks have told', new Date(0), 1],
])('two silent runs in a row begin an episode where %s: episode %#', (_where, toldUntil, number) => {
  expect(episodeAfter(silent(), toldUntil)).toBe(number);
});

test('the run of the planned start goes on with the episode', () => {
  expect(episodeAfter(silent(), null, -50 * minute)).toBe(1);
});

test.each([-65 * minute, -50 * minute])(
  'a run that failed and that a newer one makes moot was not silent (it ended after %d ms)',
  (endedMs) => {
    const step = changed(transition(silent(), moot(later(endedMs)), aContext()));
    expect(step).toMatchObject({ decisions: [], request: null, job: { phase: { kind: 'idle' } } });
    expect(step.job.seen.failedRuns).toEqual([{ endedAt: later(endedMs), learned: 'history', isMoot: true }]);
    expect(episodeAfter(step.job, null)).toBe(1);
    expect(transition(step.job, moot(later(endedMs)), aContext()).kind).toBe('unchanged');
  },
);

test('a failed run of before the silent one tells nothing of it', () => {
  const { job } = changed(transition(silent(), moot(later(-75 * minute)), aContext()));
  expect(episodeAfter(job, null)).toBe(2);
});

test('a moot failure leaves no record, and changes none of a job with nothing open', () => {
  for (const job of [null, aJob()])
    expect(transition(job, moot(later(-hour)), aContext()).kind).toBe('unchanged');
  const unlisted = aContext({ policyFor: () => null });
  expect(transition(silent(), moot(later(-hour)), unlisted).kind).toBe('unchanged');
});

test('a moot failure of a job that was quiet begins an episode, and the job is quiet no more', () => {
  const quiet = silent({ activeAt: later(-2 * day) });
  const { job } = changed(transition(quiet, moot(later(-50 * minute)), aContext()));
  expect(job).toMatchObject({ episode: { number: 2, retriesUsed: 0 }, seen: { activeAt: now } });
});

/** The nth event tells of the moot failure. */
function receive(job: BatchJob, n: number) {
  const event = { kind: 'failure', failure: aFailure(n, { endedAt: later(-50 * minute) }) } as const;
  return changed(transition(job, event, aContext({ read: waits(-2 * minute) })));
}

test('the first event of a moot failure is decided, and the second is a duplicate', () => {
  const noted = changed(transition(silent(), moot(later(-50 * minute)), aContext())).job;
  const first = receive(noted, 2);
  expect(first.decisions).toMatchObject([{ outcome: 'superseded' }]);
  expect(first.job.seen.failedRuns).toEqual([{ endedAt: later(-50 * minute) }]);
  expect(receive(first.job, 3).decisions).toMatchObject([{ outcome: 'duplicate' }]);
});
