import { expect, test } from 'vitest';
import type { BatchJob, Following, Seen } from '../../../src/domain/job/batch-job.ts';
import { transition } from '../../../src/domain/job/transition.ts';
import type { Observation, ReadOutcome } from '../../../src/domain/outcome.ts';
import {
  aContext,
  aFailure,
  aJob,
  answer,
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
const timeless = { endedAt: null };
const tomorrow = { isRecurring: true, scheduledAt: later(20 * hour) };
const started = { startedAt: later(-6 * minute), runningAt: null, quiet: null };

/** It was seen to be over then, an instant after its end. */
function quietSince(ms: number): Following['since']['quiet'] {
  return { at: later(ms), runEndedAt: newer.endedAt, nextStartAt: tomorrow.scheduledAt };
}

/** A job that was requeued 6 minutes ago. */
function followed(
  more: Partial<Following> = {},
  seen: Partial<Seen> = {},
  given: Partial<BatchJob> = {},
): BatchJob {
  const phase: Following = {
    kind: 'following',
    failure,
    origin: 'policy',
    retry: 2,
    baseline,
    since: started,
    nextPollAt: now,
    polls: 3,
    ...more,
  };
  return aJob({
    phase,
    episode: { ...aJob().episode, startedAt: later(-hour), retriesUsed: 2 },
    seen: { ...aJob().seen, runEndedAt: endedAt, failedRunEndedAt: endedAt, activeAt: later(-hour), ...seen },
    wake: { id: 'W', at: now, isDeadLettered: false },
    ...given,
  });
}

const byOthers = { origin: 'others', retry: null } as const;
const notRequeued = { episode: { ...aJob().episode, startedAt: later(-hour) } };

/** Its poll is due. The outcomes that are decided, with what is published of them. */
function poll(job: BatchJob, read: ReadOutcome) {
  const step = changed(transition(job, { kind: 'woken', wakeId: 'W', dueAt: now }, aContext({ read })));
  const outcomes = step.decisions.map(({ outcome, notify }) => [outcome, notify].filter(Boolean).join(' '));
  return { ...step, outcomes, phase: step.job.phase.kind };
}

const shows = (status: string, more: Partial<Observation> = {}) => found(status, endedAt, more);

test.each<[string, Partial<Observation>, string[]]>([
  ['Finished', newer, ['recovered recovered']],
  ['Finished', {}, []],
  ['Finished', timeless, ['recovered recovered']],
  ['Canceled', {}, ['canceled']],
  ['Hold', {}, ['canceled']],
  ['Error', {}, ['not-started needs-attention']],
  ['Error', timeless, []],
  ['Error', { startedAt: later(-minute), endedAt: null }, []],
  ['Executing', newer, []],
  ['Waiting', newer, []],
  ['Waiting', { ...tomorrow, ...newer }, []],
  ['Waiting', tomorrow, ['not-started needs-attention']],
])('six minutes after a requeue the job is %s (%o): %j', (status, more, outcomes) => {
  expect(poll(followed(), shows(status, more)).outcomes).toEqual(outcomes);
});

test('a job that shows no times, and was over without a word, has ended though its next run is due by now', () => {
  const since = { ...started, quiet: { at: later(-11 * minute), runEndedAt: null, nextStartAt: now } };
  const due = { ...timeless, isRecurring: true, scheduledAt: later(-minute) };
  expect(poll(followed({ since }), shows('Waiting', due)).outcomes).toEqual(['ended']);
  expect(poll(followed(), shows('Waiting', due)).outcomes).toEqual([]);
});

test('a job that shows no times, and whose next run was due at every read of a day, may have run: it has ended', () => {
  const due = { ...timeless, isRecurring: true, scheduledAt: later(-minute) };
  const aDayAgo = later(-24 * 60 * minute);
  const since = { startedAt: aDayAgo, runningAt: null, quiet: null };
  const { job, outcomes } = poll(followed({ since }), shows('Waiting', due));
  expect(outcomes).toEqual([]);
  expect(job.phase).toMatchObject({ since: { quiet: { at: now } } });
});

test('a run that failed, and whose event is lost, is the next failure', () => {
  const { job, request } = poll(followed(), shows('Error', newer));
  expect(request?.baseline.failedRunEndedAt).toEqual(newer.endedAt);
  expect(job.seen.failedRunEndedAt).toEqual(newer.endedAt);
  expect(poll(followed(), shows('Error')).request).toBeNull();
});

test('a running job is not quiet, and its start is noted', () => {
  const { job } = poll(followed(), shows('Executing'));
  expect(job).toMatchObject({ seen: { activeAt: now }, phase: { since: { runningAt: now } } });
});

test('a job that waits for its schedule has not started after five minutes, and that is announced once an episode, and not of a run of others', () => {
  const since = { ...started, startedAt: later(-4 * minute) };
  expect(poll(followed({ since }), shows('Waiting', tomorrow)).outcomes).toEqual([]);
  const { job } = poll(followed(), shows('Waiting', tomorrow));
  expect(job).toMatchObject({ phase: { kind: 'following' }, episode: { notStartedAnnounced: true } });
  expect(poll(followed({}, {}, { episode: job.episode }), shows('Waiting', tomorrow)).outcomes).toEqual([]);
  expect(poll(followed(byOthers), shows('Waiting', tomorrow)).outcomes).toEqual([]);
});

test('of a recurring job that ran again, an event is waited for ten minutes, then its run has ended, the episode not', () => {
  const ran = { ...tomorrow, ...newer };
  expect(poll(followed(), shows('Waiting', ran)).job.phase).toMatchObject({ since: { quiet: { at: now } } });
  const since = { ...started, quiet: quietSince(-9 * minute) };
  expect(poll(followed({ since }), shows('Waiting', ran)).phase).toBe('following');

  const quiet = followed({ since: { ...started, quiet: quietSince(-10 * minute) } });
  const { job, outcomes } = poll(quiet, shows('Waiting', ran));
  expect(outcomes).toEqual(['ended']);
  expect(job).toMatchObject({
    phase: { kind: 'idle' },
    episode: { number: 1, retriesUsed: 2 },
    seen: { endedWithoutEvent: { nextStartAt: tomorrow.scheduledAt }, runEndedAt: newer.endedAt },
  });
});

test('the next run under way does not hide that the run before has ended; the run itself does', () => {
  const since = { ...started, quiet: quietSince(-10 * minute) };
  const isNext = { isRecurring: true, startedAt: later(-30_000), endedAt: null };
  expect(poll(followed({ since }), shows('Executing', isNext)).outcomes).toEqual(['ended']);
  const isSame = { isRecurring: true, startedAt: later(-2 * minute), endedAt: null };
  expect(poll(followed({ since }), shows('Executing', isSame)).job.phase).toMatchObject({
    since: { quiet: null },
  });
});

test('where finished events of the job have arrived before, one that is missing needs attention; one that arrived shows that it recovered', () => {
  const ran = { ...tomorrow, ...newer };
  const since = { ...started, quiet: quietSince(-10 * minute) };
  const before = followed({ since }, { finishedRunEndedAt: later(-day) });
  expect(poll(before, shows('Waiting', ran)).outcomes).toEqual(['ended needs-attention']);
  const arrived = followed({}, { finishedRunEndedAt: newer.endedAt });
  expect(poll(arrived, shows('Waiting', ran)).outcomes).toEqual(['recovered recovered']);
});

test('a recurring job whose times are cleared is quiet after five minutes, unless it is about to start', () => {
  const quiet = poll(followed(), shows('Waiting', { ...tomorrow, ...timeless }));
  expect(quiet.job.phase).toMatchObject({ since: { quiet: { at: now } } });
  const soon = { isRecurring: true, scheduledAt: later(minute), ...timeless };
  expect(poll(followed(), shows('Waiting', soon)).job.phase).toMatchObject({ since: { quiet: null } });
});

test('a run that does not end, or cannot be seen, for a day is stuck; that of others is let go in silence', () => {
  const since = { ...started, startedAt: later(-day) };
  const unseen: ReadOutcome = { kind: 'unavailable', retryAfterMs: null, answer };
  for (const read of [shows('Executing'), unseen]) {
    expect(poll(followed({ since }), read)).toMatchObject({
      outcomes: ['stuck needs-attention'],
      phase: 'idle',
    });
    expect(poll(followed(), read)).toMatchObject({ outcomes: [], phase: 'following' });
    expect(poll(followed({ since, ...byOthers }), read)).toMatchObject({ outcomes: [], phase: 'idle' });
  }
});

test('what others healed without a retry is no news, and after a retry it is', () => {
  const healed = poll(followed(byOthers, {}, notRequeued), shows('Finished', newer));
  expect(healed.outcomes).toEqual([]);
  expect(healed.job.episode.number).toBe(2);
  expect(poll(followed(byOthers), shows('Finished', newer)).outcomes).toEqual(['recovered recovered']);
});

test('a job is gone when F&O answers 404 twice, a minute apart, with no other answer between', () => {
  const missing: ReadOutcome = { kind: 'not-found', answer };
  const first = poll(followed(), missing);
  expect(first).toMatchObject({ outcomes: [], phase: 'following', job: { seen: { notFoundSinceAt: now } } });
  const aMinuteAgo = { notFoundSinceAt: later(-minute) };
  expect(poll(followed({}, aMinuteAgo), missing)).toMatchObject({ outcomes: ['gone'], phase: 'idle' });
  expect(poll(followed(byOthers, aMinuteAgo), missing)).toMatchObject({ outcomes: [], phase: 'idle' });
  expect(poll(followed({}, aMinuteAgo), shows('Executing')).job.seen.notFoundSinceAt).toBeNull();
});

test('a run that F&O places years ahead is none', () => {
  expect(poll(followed(), shows('Finished', { endedAt: later(400 * day) })).job.seen.runEndedAt).toEqual(
    endedAt,
  );
});

test('a wake-up that another one has replaced, or that comes early, does nothing', () => {
  const context = aContext({ read: shows('Finished', newer) });
  const stale = { kind: 'woken', wakeId: 'another', dueAt: now } as const;
  expect(transition(followed(), stale, context).kind).toBe('unchanged');
  const early = followed({ nextPollAt: later(minute) });
  const noted = { ...early, wake: { id: 'W', at: later(minute), isDeadLettered: false } };
  expect(transition(noted, { ...stale, wakeId: 'W' }, context).kind).toBe('unchanged');
  // The record is to say when it comes.
  expect(changed(transition(early, { ...stale, wakeId: 'W' }, context))).toMatchObject({
    job: early,
    request: null,
  });
});
