import { expect, test } from 'vitest';
import { takeProgress } from '../../src/policy/take-progress.ts';
import { aClaim, aFailure, aFollowUp, aJob, aWaiting, day, later, minute, now } from './builders.ts';

const failed = aFailure(1);
/** A run that ended after the first failure's. */
const event = aFailure(2, { eventId: 'the event' });
const requeued = aJob({
  episode: 3,
  episodeStartedAt: failed.endedAt,
  retriesUsed: 2,
  state: 'requeued',
  lastEndedAt: failed.endedAt,
  followUp: aFollowUp(failed, { requeuedAt: later(-8.5 * minute) }),
});

test.each([
  [1, 'The job finished without error after 1 retry in this episode.'],
  [2, 'The job finished without error after 2 retries in this episode.'],
])('a job that finished has recovered, after %i: its episode ends', (retriesUsed, reason) => {
  expect(takeProgress({ ...requeued, retriesUsed }, 'finished', event, now)).toEqual({
    job: {
      ...requeued,
      episode: 4,
      episodeStartedAt: null,
      retriesUsed: 0,
      lastEndedAt: event.endedAt,
      followUp: null,
      state: 'recovered',
    },
    decided: [
      {
        failure: event,
        decision: 'recovered',
        retry: null,
        dueAt: null,
        reason,
        answer: null,
        announce: false,
        endedEpisode: { episode: requeued.episode, retriesUsed, episodeStartedAt: requeued.episodeStartedAt },
      },
    ],
  });
});

test('a job that was canceled ends its episode, which is announced to nobody', () => {
  expect(takeProgress(requeued, 'canceled', event, now)).toMatchObject({
    job: { episode: 4, retriesUsed: 0, followUp: null, state: 'canceled', lastEndedAt: event.endedAt },
    decided: [{ failure: event, decision: 'canceled', announce: false }],
  });
});

test.each(['finished', 'canceled'] as const)('what waits for a job that %s is moot', (progress) => {
  const waiting = aWaiting(failed, { dueAt: later(5 * minute), statusFirst: true });
  const job = aJob({ waiting, lastEndedAt: failed.endedAt });
  expect(takeProgress(job, progress, event, now)).toMatchObject({
    job: { waiting: null, followUp: null },
    decided: [{ failure: failed, decision: 'superseded', dueAt: null }, { failure: event }],
  });
});

test('a job whose budget was used up, and that finishes after all, has a full one again', () => {
  const exhausted = aJob({ retriesUsed: 3, exhausted: true, state: 'exhausted' });
  expect(takeProgress(exhausted, 'finished', event, now)).toMatchObject({
    job: { retriesUsed: 0, exhausted: false, state: 'recovered' },
  });
});

test('a job that started tells nothing yet', () => {
  expect(takeProgress(requeued, 'started', event, now)).toBeNull();
});

test.each([
  ['ended before the run that is known of', aFailure(0)],
  ['ended with the run that is known of', aFailure(1)],
  ['does not say when it ended', aFailure(2, { endedAt: null })],
])('an event that %s changes nothing', (_what, old) => {
  expect(takeProgress(requeued, 'finished', old, now)).toBeNull();
  expect(takeProgress(requeued, 'canceled', old, now)).toBeNull();
});

test('of a job of which nothing is open, the end is known afterwards, and nothing is decided', () => {
  const healthy = aJob({ lastFailureAt: later(-day), state: 'recovered' });
  for (const progress of ['finished', 'canceled'] as const) {
    expect(takeProgress(healthy, progress, event, now)).toEqual({
      job: { ...healthy, lastEndedAt: event.endedAt },
      decided: [],
    });
  }
});

test.each(['finished', 'canceled'] as const)(
  'while a request is unsettled, an event that the job %s changes nothing: the status settles it',
  (progress) => {
    const claimed = aJob({ retriesUsed: 1, claim: aClaim(failed), waiting: aWaiting(aFailure(2)) });
    expect(takeProgress(claimed, progress, aFailure(3), now)).toBeNull();
  },
);

test.each(['finished', 'canceled'] as const)(
  'an event, delivered late, that the job %s before it was requeued leaves the requeue to be followed up',
  (progress) => {
    const requeuedLater = { ...requeued, followUp: aFollowUp(failed, { requeuedAt: later(-minute) }) };
    expect(takeProgress(requeuedLater, progress, event, now)).toEqual({
      job: { ...requeuedLater, lastEndedAt: event.endedAt },
      decided: [],
    });
  },
);

test('an end with the requeue is before it; a millisecond later, and it is of its run', () => {
  const requeuedAt = later(-minute);
  const job = { ...requeued, followUp: aFollowUp(failed, { requeuedAt }) };
  const endedThen = (endedAt: Date) => takeProgress(job, 'finished', { ...event, endedAt }, now)?.job.state;
  expect([endedThen(requeuedAt), endedThen(later(1 - minute))]).toEqual(['requeued', 'recovered']);
});

test.each(['finished', 'canceled'] as const)(
  'beside a waiting failure that does not say when its run ended, an event that the job %s decides nothing',
  (progress) => {
    const waiting = aWaiting(aFailure(1, { endedAt: null }));
    const job = aJob({ waiting, retriesUsed: 1, lastEndedAt: failed.endedAt });
    expect(takeProgress(job, progress, event, now)).toEqual({
      job: { ...job, lastEndedAt: event.endedAt },
      decided: [],
    });
  },
);

test.each([
  ['finished', 'recovered'],
  ['canceled', 'canceled'],
] as const)('a job that a person is awaited for and that %s: its episode ends', (progress, decision) => {
  const followUp = aFollowUp(failed, { kind: 'watch', requeuedAt: later(-minute) });
  const watched = aJob({ ...requeued, exhausted: true, state: 'exhausted', followUp });
  expect(takeProgress(watched, progress, event, now)).toMatchObject({
    job: { episode: 4, retriesUsed: 0, exhausted: false, followUp: null, state: decision },
    decided: [{ failure: event, decision, announce: false }],
  });
});
