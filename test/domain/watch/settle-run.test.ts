import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BatchJob } from '../../../src/domain/job/batch-job.ts';
import { isEventOverdue, runShown, settleRun, type Shown } from '../../../src/domain/watch/settle-run.ts';
import { aJob, jobId, later, minute, now } from '../job/builders.ts';

const shown: Shown = {
  environment: 'default',
  jobId,
  description: 'Nightly posting',
  legalEntity: 'USMF',
  status: 'Error',
  startedAt: later(-20 * minute),
  endedAt: later(-10 * minute),
  scheduledAt: null,
  isRecurring: false,
  readAt: now,
};

test.each([
  ['Error', 'failed'],
  ['Finished', 'finished'],
  ['Canceled', 'canceled'],
  ['Waiting', 'ended'],
  ['Executing', 'ended'],
  ['Hold', 'ended'],
])('a job that is %s shows a run that %s', (status, end) => {
  expect(runShown({ ...shown, status })).toMatchObject({ end, learned: end === 'ended' ? null : 'status' });
});

test('the status of a job that has started again says nothing of the run before', () => {
  const again = runShown({ ...shown, status: 'Error', startedAt: later(-minute) });
  expect(again).toMatchObject({ end: 'ended', learned: null, startedAt: null });
});

test.each([null, later(15 * 60 * minute)])('an end of %j is none', (endedAt) => {
  expect(runShown({ ...shown, endedAt })).toBeNull();
});

test('what an event said of the run counts before all else, and settles it at once', () => {
  const run = runShown({ ...shown, status: 'Waiting' });
  if (!run) throw new Error('F&O shows a run');
  const failed = settleRun(run, known({ failedRunEndedAt: later(-10 * minute - 1000) }), false);
  expect(failed).toMatchObject({ end: 'failed', learned: 'event', isSettled: true });
  const finished = settleRun(run, known({ finishedRunEndedAt: later(-10 * minute + 1000) }), false);
  expect(finished).toMatchObject({ end: 'finished', learned: 'event', isSettled: true });
  const other = settleRun(run, known({ failedRunEndedAt: later(-30 * minute) }), true);
  expect(other).toMatchObject({ end: 'ended', learned: null, isSettled: true });
});

test('whatever F&O shows, a run counts as failed only by Error, and only once its event is overdue', () => {
  const time = fc.option(fc.integer({ min: -60, max: 60 }).map((minutes) => later(minutes * minute)));
  const status = fc.constantFrom(
    'Error',
    'Finished',
    'Canceled',
    'Waiting',
    'Executing',
    'Ready',
    'Hold',
    'X',
  );
  fc.assert(
    fc.property(status, time, time, fc.boolean(), (state, startedAt, endedAt, isOverdue) => {
      const run = runShown({ ...shown, status: state, startedAt, endedAt });
      const settled = run && settleRun(run, null, isOverdue);
      const isOfThisRun = startedAt === null || (endedAt !== null && startedAt <= endedAt);
      const mayFail = state === 'Error' && isOfThisRun && settled?.isSettled === isOverdue;
      expect(settled?.end === 'failed' && !mayFail).toBe(false);
    }),
  );
});

test('an event is overdue after the time that it may take, by F&O’s clock', () => {
  const run = { endedAt: later(-5 * minute) };
  expect(isEventOverdue(run, now, 5 * minute)).toBe(true);
  expect(isEventOverdue(run, later(-1), 5 * minute)).toBe(false);
});

function known(seen: object): BatchJob {
  return aJob({ seen: { ...aJob().seen, ...seen } });
}
