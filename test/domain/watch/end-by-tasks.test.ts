import { expect, test } from 'vitest';
import { endByTasks, taskWindow, type TaskTimes } from '../../../src/domain/watch/end-by-tasks.ts';

const at = (second: number | null): Date | null => (second === null ? null : new Date(second * 1000));

function task(started: number | null, failed: number | null, finished: number | null): TaskTimes {
  return { startedAt: at(started), failedAt: at(failed), finishedAt: at(finished) };
}

const run = { startedAt: at(0), endedAt: new Date(60_000) };
/** The run before ended just then, or four seconds later by another clock. */
const before = { startedAt: at(-60), endedAt: new Date(-1000) };

test.each([
  ['all tasks finished', [task(1, null, 2), task(3, null, 3)], 'finished'],
  ['one still runs', [task(1, null, 2), task(3, null, null)], null],
  ['one failed', [task(1, null, 2), task(3, 4, null)], 'failed'],
  ['one finished, then started again and failed', [task(3, 4, 2)], 'failed'],
  ['one failed, and its end is shown too', [task(1, 2, 3)], null],
  ['F&O ran the failed task again', [task(3, 2, 4)], null],
  ['the failed task runs again', [task(3, 2, null)], null],
  ['it started and failed at once, or failed before', [task(2, 2, null)], null],
  ['nothing shows that the failed task started', [task(null, 2, null), task(1, null, 2)], null],
  ['nothing shows that a finished task started', [task(null, null, 2), task(1, null, 2)], null],
  ['it started after the end of the run', [task(62, 63, null), task(1, null, 2)], null],
  ['it failed before the run began', [task(-3, -2, null), task(1, null, 2)], null],
  ['nothing is shown', [], null],
])('how a run ended is known only beyond doubt: %s', (_what, tasks, end) => {
  expect(endByTasks(tasks, false, run, null)).toBe(end);
});

test('of tasks that are not shown none has failed, but perhaps not all finished', () => {
  expect(endByTasks([task(1, 2, null), task(1, null, 2)], true, run, null)).toBe('failed');
  expect(endByTasks([task(1, null, 2)], true, run, null)).toBeNull();
});

test.each([
  ['its task failed at its end', [task(-50, -1, null), task(1, null, 9)], 'finished'],
  ['its task failed late', [task(-50, 3, null), task(1, null, 9)], 'finished'],
  ['its task failed much too late', [task(-50, 5, null), task(1, null, 9)], null],
  ['the same task failed at its end', [task(1, -1, 9)], 'finished'],
  ['the same task failed late', [task(1, 3, 9)], null],
  ['the same task failed late, and nothing shows what it did since', [task(1, 3, null)], null],
  ['the same task finished late', [task(1, null, 3)], null],
  ['nothing shows when its task started', [task(null, 3, null), task(1, null, 9)], null],
  ['only its tasks are shown', [task(-50, -1, null)], null],
  ['the same task finished, and now failed', [task(1, 9, -1)], 'failed'],
  ['another task failed, and now one fails', [task(-50, 3, null), task(1, 9, null)], 'failed'],
])('the run before does not tell how the next one ended: %s', (_what, tasks, end) => {
  expect(endByTasks(tasks, false, run, before)).toBe(end);
});

test('the run before is asked about too if it ended right before', () => {
  const own = { fromAt: new Date(-5000), toAt: new Date(65_000) };
  expect(taskWindow(run, before)).toEqual({ ...own, fromAt: new Date(-65_000) });
  expect(taskWindow(run, { ...before, endedAt: new Date(-10_000) })).toEqual(own);
  expect(taskWindow(run, null)).toEqual(own);
});
