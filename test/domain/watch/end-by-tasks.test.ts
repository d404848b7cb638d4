import { expect, test } from 'vitest';
import { endByTasks, type TaskTimes } from '../../../src/domain/watch/end-by-tasks.ts';

const at = (second: number | null): Date | null => (second === null ? null : new Date(second * 1000));

function task(started: number | null, failed: number | null, finished: number | null): TaskTimes {
  return { startedAt: at(started), failedAt: at(failed), finishedAt: at(finished) };
}

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
  ['nothing is shown', [], null],
])('how a run ended is known only beyond doubt: %s', (_what, tasks, end) => {
  expect(endByTasks(tasks, false)).toBe(end);
});

test('of tasks that are not shown none has failed, but perhaps not all finished', () => {
  expect(endByTasks([task(1, 2, null), task(1, null, 2)], true)).toBe('failed');
  expect(endByTasks([task(1, null, 2)], true)).toBeNull();
});
