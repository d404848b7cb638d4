import { expect, test } from 'vitest';
import type { Seen } from '../../../src/domain/job/batch-job.ts';
import { failedBefore, mayBeKnown } from '../../../src/domain/watch/failed-before.ts';
import type { Run } from '../../../src/domain/watch/run.ts';
import { aJob, jobId, jobIdOf, later, minute } from '../job/builders.ts';

const run: Run = {
  environment: 'default',
  jobId,
  description: 'Nightly posting',
  legalEntity: 'USMF',
  startedAt: later(-20 * minute),
  endedAt: later(-10 * minute),
  end: 'finished',
  learned: 'status',
  startedBy: 'policy',
  nextStartAt: later(minute),
  isSettled: true,
};
const failedAt = later(-30 * minute);

test('the failed run that an event reported, and after which the job ran again, is one more run', () => {
  expect(failedBefore(run, failedRun(failedAt))).toEqual([
    {
      ...run,
      startedAt: null,
      endedAt: failedAt,
      end: 'failed',
      learned: 'event',
      startedBy: null,
      nextStartAt: null,
    },
  ]);
});

test('a failed run that the service learned of itself says so, and when it began', () => {
  const startedAt = later(-40 * minute);
  const job = failedRun(failedAt, { learnedRun: { startedAt, endedAt: failedAt } });
  expect(failedBefore(run, job)).toMatchObject([{ startedAt, learned: 'read' }]);
});

test('of a chain of failed runs each is one more, the latest first, and none is counted twice', () => {
  const ends = [later(-50 * minute), later(-40 * minute), failedAt];
  const failedRuns = ends.map((endedAt) => ({ endedAt }));
  const chain = failedBefore(run, failedRun(failedAt, { failedRuns }));
  expect(chain.map(({ endedAt }) => endedAt)).toEqual(ends.toReversed());
});

test.each<[string, Date | null, Partial<Run>]>([
  ['no run failed', null, {}],
  ['it ended more than a day before', later(-25 * 60 * minute), {}],
  ['it ended within the other run', later(-15 * minute), {}],
  ['it is the other run', run.endedAt, {}],
  ['nobody knows when the other run began', failedAt, { startedAt: null }],
])('there is no run before where %s', (_where, endedAt, other) => {
  expect(failedBefore({ ...run, ...other }, failedRun(endedAt))).toEqual([]);
});

test.each<[string, Partial<Run>, boolean]>([
  ['is it', { endedAt: failedAt }, true],
  ['ended later, by F&O', { endedAt: later(-28 * minute) }, true],
  ['ended a second before', { endedAt: new Date(failedAt.getTime() - 1000) }, true],
  ['ended a minute before', { endedAt: later(-31 * minute) }, false],
  ['is the run after it', {}, false],
  ['is of another job', { endedAt: failedAt, jobId: jobIdOf('7') }, false],
])('a run is known if another %s: %j, %s', (_what, other, isKnown) => {
  const before = { ...run, endedAt: failedAt };
  expect(mayBeKnown(before, run, [{ ...run, startedAt: null, ...other }])).toBe(isKnown);
});

test('a job without a record had no run', () => {
  expect(failedBefore(run, null)).toEqual([]);
});

function failedRun(failedRunEndedAt: Date | null, seen: Partial<Seen> = {}) {
  const job = aJob();
  return { ...job, seen: { ...job.seen, failedRunEndedAt, ...seen } };
}
