import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BatchJob, dueAt, endedEpisode } from '../../src/policy/batch-job.ts';
import { followUpDelayMs, resolveFollowUp, watch } from '../../src/policy/resolve-follow-up.ts';
import { aFailure, aFollowUp, aJob, day, later, minute, now, observed } from './builders.ts';

const failure = aFailure(2);
const followUp = aFollowUp(failure, { retry: 2 });
const job = aJob({
  episode: 4,
  episodeStartedAt: later(-25 * minute),
  retriesUsed: 2,
  exhausted: true,
  state: 'requeued',
  lastEndedAt: failure.endedAt,
  followUp,
});
const ranSince = later(-5000);

const newEpisode = {
  episode: 5,
  episodeStartedAt: null,
  retriesUsed: 0,
  exhausted: false,
  followUp: null,
};
const recovered = {
  job: { ...newEpisode, state: 'recovered' },
  decided: [{ failure, decision: 'recovered', retry: 2, announce: false }],
};
const takenOut = {
  job: { episode: 5, retriesUsed: 0, followUp: null, state: 'canceled' },
  decided: [{ failure, decision: 'canceled', announce: false }],
};
const lookedAtAgain = {
  job: {
    ...job,
    followUp: { ...followUp, looks: 1, lookAt: later(minute) },
  },
  decided: [],
};
const unheard = {
  job: { episode: 4, retriesUsed: 2, followUp: null, waiting: { statusFirst: true } },
  decided: [],
};

test.each([
  ['Finished', ranSince, recovered],
  ['Finished', failure.endedAt, recovered],
  ['Finished', null, recovered],
  ['Waiting', ranSince, recovered],
  ['Waiting', failure.endedAt, lookedAtAgain],
  ['Waiting', null, lookedAtAgain],
  ['Ready', ranSince, recovered],
  ['Ready', failure.endedAt, lookedAtAgain],
  ['Ready', null, lookedAtAgain],
  ['Scheduled', ranSince, recovered],
  ['Scheduled', null, lookedAtAgain],
  ['Executing', ranSince, lookedAtAgain],
  ['Executing', failure.endedAt, lookedAtAgain],
  ['Executing', null, lookedAtAgain],
  ['Error', ranSince, unheard],
  ['Error', failure.endedAt, lookedAtAgain],
  ['Error', null, unheard],
  ['Canceled', ranSince, takenOut],
  ['Canceled', null, takenOut],
  ['Cancelling', failure.endedAt, takenOut],
  ['Hold', failure.endedAt, takenOut],
  ['NotRun', failure.endedAt, takenOut],
])('a requeued job that is %s, its last run ended %s', (status, endedAt, expected) => {
  expect(resolveFollowUp(job, followUp, observed(status, endedAt), 0, now)).toMatchObject(expected);
});

test('a job that F&O does not know any more was taken out', () => {
  expect(resolveFollowUp(job, followUp, 'no such job', 0, now)).toMatchObject(takenOut);
});

test('a status that this version does not know is looked at again', () => {
  expect(resolveFollowUp(job, followUp, observed('Paused', null), 0, now)).toEqual(lookedAtAgain);
});

test('an end of a second later is that of the same run, for the entity may round up', () => {
  const rounded = new Date((failure.endedAt?.getTime() ?? 0) + 1000);
  expect(resolveFollowUp(job, followUp, observed('Waiting', rounded), 0, now)).toEqual(lookedAtAgain);
});

test.each(['Waiting', 'Ready', 'Scheduled'])(
  'a job that is %s has recovered only by a run that ended after the requeue too: one by hand was not ours',
  (status) => {
    const { requeuedAt } = followUp;
    const justAfter = new Date(requeuedAt.getTime() + 1);
    expect(resolveFollowUp(job, followUp, observed(status, requeuedAt), 0, now)).toEqual(lookedAtAgain);
    expect(resolveFollowUp(job, followUp, observed(status, justAfter), 0, now)).toMatchObject(recovered);
  },
);

test('a recovery says after how many retries, and how long it took since the first failure', () => {
  expect(reasonAfter(1, later(-25 * minute))).toBe(
    'The job ran without error after 1 retry, about 25 min after it first failed.',
  );
  expect(reasonAfter(2, later(-1000))).toBe(
    'The job ran without error after 2 retries, about 1 min after it first failed.',
  );
  expect(reasonAfter(2, null)).toMatch(/about 1 min/);
});

test('the end of the run that recovered is known of afterwards', () => {
  expect(resolveFollowUp(job, followUp, observed('Finished', ranSince), 0, now).job.lastEndedAt).toEqual(
    ranSince,
  );
  expect(resolveFollowUp(job, followUp, observed('Finished'), 0, now).job.lastEndedAt).toEqual(
    failure.endedAt,
  );
});

test('a failure whose event never came waits as if it had come now, under an id that tells its run', () => {
  const { job: after } = resolveFollowUp(job, followUp, observed('Error', ranSince), 0, now);
  expect(after.lastEndedAt).toEqual(ranSince);
  expect(after.lastFailureAt).toEqual(now);
  expect(after.waiting).toEqual({
    failure: {
      ...failure,
      eventId: `LOST-5637144576-${ranSince.getTime()}`,
      endedAt: ranSince,
      controlNumber: null,
    },
    firstDueAt: now,
    dueAt: now,
    statusFirst: true,
    serverErrors: 0,
    tries: 0,
  });
});

test('a failure that is found waits as long as it is told to, and is not tried any longer for that', () => {
  const { job: after } = resolveFollowUp(job, followUp, observed('Error', ranSince), 5 * minute, now);
  expect(after.waiting).toMatchObject({
    firstDueAt: later(5 * minute),
    dueAt: later(5 * minute),
    statusFirst: true,
  });
});

test('where F&O does not say when the run ended, the requeue before it gives the lost failure its id', () => {
  const { job: after } = resolveFollowUp(job, followUp, observed('Error'), 0, now);
  expect(after.waiting?.failure).toMatchObject({
    eventId: `LOST-5637144576-${followUp.requeuedAt.getTime()}`,
    endedAt: null,
  });
  expect(after.lastEndedAt).toEqual(failure.endedAt);
});

test('looks come after half a minute, and then less and less often, down to every half hour', () => {
  const minutes = [0, 1, 2, 3, 4, 5, 6, 7, 1000].map((looks) => followUpDelayMs(looks) / minute);
  expect(minutes).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30, 30]);
});

test.each(['Waiting', 'Executing', 'Error'])(
  'a job that is still %s a day after its requeue is stuck: told of, and left to a person',
  (status) => {
    const old = { ...followUp, requeuedAt: later(-day) };
    expect(resolveFollowUp(job, old, observed(status, failure.endedAt), 0, now)).toEqual({
      job: { ...job, followUp: null, state: 'stuck' },
      decided: [
        {
          failure,
          decision: 'stuck',
          retry: null,
          dueAt: null,
          reason: `The job was set to waiting at 2026-03-01T01:00:00.000Z and is ${status} now: its run does not end, a person must look.`,
          answer: null,
          announce: true,
        },
      ],
    });
    const younger = { ...old, requeuedAt: later(1 - day) };
    expect(resolveFollowUp(job, younger, observed(status, failure.endedAt), 0, now).decided).toEqual([]);
  },
);

const watched = watch(failure, failure.endedAt, later(-30 * minute));
const exhausted = aJob({ ...job, state: 'exhausted', followUp: watched });
const inHand = (status: string) => ({
  job: { ...exhausted, ...newEpisode, state: 'canceled' },
  decided: [
    {
      failure,
      decision: 'canceled',
      retry: null,
      dueAt: null,
      reason: `The job is ${status} in F&O: somebody has taken it in hand.`,
      answer: null,
      announce: false,
      endedEpisode: endedEpisode(exhausted),
    },
  ],
});
const ranByHand = (endedAt: Date | null) => ({
  job: { ...exhausted, ...newEpisode, state: 'recovered', lastEndedAt: endedAt },
  decided: [
    {
      failure,
      decision: 'recovered',
      retry: null,
      dueAt: null,
      reason: 'The job ran without error after 2 retries, about 25 min after it first failed.',
      answer: null,
      announce: false,
      endedEpisode: endedEpisode(exhausted),
    },
  ],
});

test('a person is looked for from half an hour after the failure on', () => {
  expect(watched).toEqual({
    kind: 'watch',
    failure,
    runEndedAt: failure.endedAt,
    retry: 0,
    requeuedAt: later(-30 * minute),
    lookAt: now,
    looks: 0,
  });
});

test.each([
  ['Finished', ranSince, ranByHand(ranSince)],
  ['Finished', failure.endedAt, ranByHand(failure.endedAt)],
  ['Finished', null, ranByHand(failure.endedAt)],
  ['Waiting', ranSince, ranByHand(ranSince)],
  ['Waiting', failure.endedAt, inHand('Waiting')],
  ['Waiting', null, inHand('Waiting')],
  ['Executing', ranSince, inHand('Executing')],
  ['Executing', failure.endedAt, inHand('Executing')],
  ['Ready', null, inHand('Ready')],
  ['Scheduled', null, inHand('Scheduled')],
  ['Canceled', failure.endedAt, inHand('Canceled')],
  ['Cancelling', null, inHand('Cancelling')],
  ['Hold', null, inHand('Hold')],
  ['NotRun', null, inHand('NotRun')],
  ['Paused', null, inHand('Paused')],
])(
  'a job that a person is awaited for and is %s, its last run ended %s: its episode ends',
  (status, endedAt, expected) => {
    expect(resolveFollowUp(exhausted, watched, observed(status, endedAt), 0, now)).toEqual(expected);
  },
);

test('a job that a person is awaited for and that F&O does not know any more was taken in hand', () => {
  expect(resolveFollowUp(exhausted, watched, 'no such job', 0, now)).toEqual(inHand('gone'));
});

test.each([failure.endedAt, ranSince, null])(
  'a job that stays in Error (its last run ended %s) is looked at each half hour, for a day, and then silently no more',
  (endedAt) => {
    let current: BatchJob = { ...exhausted, followUp: watch(failure, failure.endedAt, now) };
    const looks: Date[] = [];
    while (current.followUp && looks.length < 100) {
      const { lookAt } = current.followUp;
      looks.push(lookAt);
      const looked = resolveFollowUp(current, current.followUp, observed('Error', endedAt), minute, lookAt);
      expect(looked.decided).toEqual([]);
      current = looked.job;
    }
    expect(looks).toEqual(Array.from({ length: 48 }, (_, look) => later((look + 1) * 30 * minute)));
    expect(current).toEqual({ ...exhausted, followUp: null });
  },
);

test('whatever F&O says, the requeue, or the person, is followed up later, or over', () => {
  const statuses = fc.constantFrom(
    'Hold',
    'Waiting',
    'Executing',
    'Error',
    'Finished',
    'Ready',
    'Canceled',
    'x',
  );
  const ends = fc.constantFrom(null, failure.endedAt, ranSince);
  fc.assert(
    fc.property(
      statuses,
      ends,
      fc.nat({ max: 100 }),
      fc.nat({ max: 2 * day }),
      fc.constantFrom('requeue', 'watch'),
      (status, endedAt, looks, ageMs, kind) => {
        const given = { ...followUp, kind, looks, requeuedAt: later(-ageMs) };
        const { job: after } = resolveFollowUp(job, given, observed(status, endedAt), 0, now);
        const due = dueAt({ ...after, waiting: null });
        expect(due === null || due > now).toBe(true);
        expect(after.followUp === null || after.waiting === null).toBe(true);
      },
    ),
  );
});

function reasonAfter(retriesUsed: number, episodeStartedAt: Date | null): string | undefined {
  const given = { ...job, retriesUsed, episodeStartedAt };
  return resolveFollowUp(given, followUp, observed('Finished', ranSince), 0, now).decided[0]?.reason;
}
