import { expect, test } from 'vitest';
import type { Baseline } from '../../../src/domain/job/batch-job.ts';
import {
  hasNewerEnd,
  hasNewerRun,
  isNewer,
  isSameRun,
  plannedStart,
  plausible,
  servedUntil,
} from '../../../src/domain/job/runs.ts';
import { day, later, minute, now, observed } from './builders.ts';

const second = 1000;

/** The failed run ended now, and F&O was read 10 s later. */
const baseline: Baseline = {
  status: 'Error',
  startedAt: later(-3 * minute),
  endedAt: now,
  scheduledAt: null,
  readAt: later(10 * second),
  failedRunEndedAt: now,
};

test.each([
  [0, true],
  [2 * second, true],
  [-2 * second, true],
  [2001, false],
  [minute, false],
])('two ends that are %i ms apart are of one run: %s', (ms, expected) => {
  expect(isSameRun(now, later(ms))).toBe(expected);
  expect(isNewer(later(ms), now)).toBe(!expected);
});

test('an end that is not known is of no run, and newer than none', () => {
  expect(isSameRun(null, null)).toBe(false);
  expect(isNewer(null, now)).toBe(false);
  expect(isNewer(now, null)).toBe(false);
});

test.each([
  [-minute, 'soon'],
  [2 * minute, 'soon'],
  [2 * minute + 1, 'later'],
])('a planned start %i ms from now is %s', (ms, expected) => {
  expect(plannedStart({ scheduledAt: later(ms), readAt: now }, now)).toBe(expected);
});

test.each([-5 * minute, 5 * minute])(
  "how near a planned start is goes by F&O's clock, not ours, %i ms off",
  (ms) => {
    expect(plannedStart({ scheduledAt: later(3 * minute), readAt: now }, later(ms))).toBe('later');
    expect(plannedStart({ scheduledAt: later(minute), readAt: now }, later(ms))).toBe('soon');
  },
);

test("where F&O shows no times of runs, what was over when it was read is no newer run; else its answers' clock is not asked", () => {
  const timeless = { ...baseline, startedAt: null, endedAt: null };
  expect(hasNewerEnd(observed('Error', later(9 * second)), timeless)).toBe(false);
  expect(hasNewerEnd(observed('Error', later(11 * second)), timeless)).toBe(true);
  expect(hasNewerEnd(observed('Error', later(9 * second)), baseline)).toBe(true);
  expect(hasNewerEnd(observed('Error', later(2 * second)), baseline)).toBe(false);
});

test('the end of the failed run itself is no newer one, though F&O shows it two minutes later', () => {
  const read = { ...observed('Error', later(2 * minute)), startedAt: later(-3 * minute) };
  expect([hasNewerEnd(read, baseline), hasNewerRun(read, baseline)]).toEqual([false, false]);
  const timeless = { ...baseline, startedAt: null };
  expect([hasNewerEnd(read, timeless), hasNewerRun(read, timeless)]).toEqual([false, false]);
  const again = { ...read, startedAt: now };
  expect([hasNewerEnd(again, baseline), hasNewerRun(again, baseline)]).toEqual([true, true]);
});

test('a newer start is a newer run, but no newer end', () => {
  const read = { ...observed('Waiting'), startedAt: later(minute), endedAt: now };
  expect(hasNewerRun(read, baseline)).toBe(true);
  expect(hasNewerEnd(read, baseline)).toBe(false);
});

test('the end of a run that was under way before the request is news, however short the run', () => {
  const startedAt = later(9 * second);
  const running = { ...baseline, status: 'Executing', failedRunEndedAt: null, startedAt };
  const read = { ...observed('Finished'), startedAt, endedAt: later(11 * second) };
  expect(hasNewerEnd(read, running)).toBe(true);
});

test('a request serves each failed run that was over when F&O was read before it', () => {
  const timeless = { ...baseline, startedAt: null, endedAt: null };
  expect(servedUntil(timeless)).toEqual(later(10 * second));
  expect(servedUntil({ ...timeless, readAt: null })).toEqual(later(2 * second));
  expect(servedUntil(baseline)).toEqual(later(2 * second));
  expect(servedUntil({ ...baseline, failedRunEndedAt: null })).toEqual(later(2 * second));
  expect(servedUntil({ ...baseline, failedRunEndedAt: null, status: 'Executing' })).toBeNull();
});

test('a time more than a day ahead of our clock is not believed', () => {
  expect(plausible(later(day), now)).toEqual(later(day));
  expect(plausible(later(day + 1), now)).toBeNull();
});
