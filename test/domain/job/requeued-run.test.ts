import { expect, test } from 'vitest';
import { type BatchJob, type Following, idle } from '../../../src/domain/job/batch-job.ts';
import { noteRequeuedRun } from '../../../src/domain/job/requeued-run.ts';
import { aFailure, aJob, inError, later, minute, now } from './builders.ts';

const failure = aFailure(1);
const followed: Following = {
  kind: 'following',
  failure,
  origin: 'policy',
  retry: 1,
  baseline: inError(failure, now),
  since: { startedAt: now, runningAt: null, quiet: null },
  nextPollAt: later(minute),
  polls: 0,
};
const before = aJob({ phase: followed, seen: { ...aJob().seen, runEndedAt: failure.endedAt } });

function ended(endedAt: Date | null, more: Partial<BatchJob> = {}): BatchJob {
  return { ...before, phase: idle, ...more, seen: { ...before.seen, runEndedAt: endedAt } };
}

const requeuedRun = (from: BatchJob | null, to: BatchJob) => noteRequeuedRun(from, to).seen.requeuedRun;

test.each(['policy', 'operator'] as const)('the run that %s started is known by its end', (origin) => {
  const from = { ...before, phase: { ...followed, origin } };
  expect(requeuedRun(from, ended(later(5 * minute)))).toEqual({ endedAt: later(5 * minute), by: origin });
});

test('an end that a read showed before counts more than that of a later run', () => {
  const quiet = { at: later(3 * minute), runEndedAt: later(2 * minute), nextStartAt: null };
  const from = { ...before, phase: { ...followed, since: { ...followed.since, quiet } } };
  expect(requeuedRun(from, ended(later(9 * minute)))).toMatchObject({ endedAt: later(2 * minute) });
});

test('no run is said to be requeued that was not, or has not ended', () => {
  const byOthers = { ...before, phase: { ...followed, origin: 'others' } } as const;
  expect(requeuedRun(byOthers, ended(later(5 * minute)))).toBeUndefined();
  // A person took the job out: its latest run is the one that failed.
  expect(requeuedRun(before, ended(failure.endedAt))).toBeUndefined();
  expect(requeuedRun(before, ended(null))).toBeUndefined();
  expect(requeuedRun(before, ended(later(5 * minute), { phase: { ...followed, polls: 1 } }))).toBeUndefined();
  expect(requeuedRun(null, ended(later(5 * minute)))).toBeUndefined();
  expect(requeuedRun(aJob(), ended(later(5 * minute)))).toBeUndefined();
});
