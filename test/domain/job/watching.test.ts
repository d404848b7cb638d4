import { expect, test } from 'vitest';
import type { BatchJob, Watching } from '../../../src/domain/job/batch-job.ts';
import { transition } from '../../../src/domain/job/transition.ts';
import type { Observation } from '../../../src/domain/outcome.ts';
import {
  aContext,
  aFailure,
  aJob,
  changed,
  day,
  found,
  hour,
  inError,
  later,
  minute,
  now,
} from './builders.ts';

const failure = aFailure(1);
const { endedAt } = failure;
const baseline = inError(failure, later(-8 * minute));
const newer = { endedAt: later(-minute) };
const isRecurring = true;

/** A job whose budget is used up. */
function watched(more: Partial<Watching> = {}): BatchJob {
  const phase: Watching = {
    kind: 'watching',
    failure,
    baseline,
    sinceAt: later(-hour),
    nextPollAt: now,
    ...more,
  };
  const episode = { ...aJob().episode, startedAt: later(-hour), retriesUsed: 3, exhaustionAnnouncedAtMax: 3 };
  return aJob({ phase, episode, wake: { id: 'W', at: now, isDeadLettered: false } });
}

function poll(job: BatchJob, status: string, more: Partial<Observation> = {}) {
  const read = found(status, endedAt, more);
  const step = changed(transition(job, { kind: 'woken', wakeId: 'W', dueAt: now }, aContext({ read })));
  return { ...step, episode: step.job.episode.number, phase: step.job.phase.kind };
}

test.each<[string, string, Partial<Observation>, number, string]>([
  ['Finished', 'after a newer run', newer, 2, 'idle'],
  ['Finished', 'without times', { endedAt: null }, 2, 'idle'],
  ['Canceled', 'by a person', {}, 2, 'idle'],
  ['Error', 'as before', {}, 1, 'watching'],
  ['Error', 'after a newer run', newer, 1, 'watching'],
  ['Waiting', 'as a person set it', {}, 1, 'watching'],
  ['Executing', 'as a person started it', { startedAt: later(-minute) }, 2, 'following'],
  ['Executing', 'by its schedule', { startedAt: later(-minute), isRecurring }, 1, 'watching'],
  ['Waiting', 'for its schedule', { scheduledAt: later(hour), isRecurring }, 1, 'watching'],
  ['Waiting', 'after a scheduled run', { ...newer, scheduledAt: later(hour), isRecurring }, 1, 'watching'],
])(
  'an exhausted job that is %s, %s (%o), is in episode %i, and %s',
  (status, _what, more, episode, phase) => {
    expect(poll(watched(), status, more)).toMatchObject({ episode, phase });
  },
);

test('a job that is well again is announced as recovered', () => {
  expect(poll(watched(), 'Finished', newer).decisions).toMatchObject([
    { outcome: 'recovered', notify: 'recovered' },
  ]);
});

test('after a day nobody is waited for', () => {
  expect(poll(watched({ sinceAt: later(-day) }), 'Error').phase).toBe('idle');
});
