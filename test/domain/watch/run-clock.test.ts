import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  canBeOfRun,
  hasProof,
  nextRunClock,
  raisedBy,
  type RunClock,
} from '../../../src/domain/watch/run-clock.ts';
import { hour, jobIdOf, later, minute, now } from '../job/builders.ts';

/** After a complete look now that showed these times. */
const first = (...times: Date[]) => nextRunClock(null, ofJobs(times), now, true);
const next = (before: RunClock, ms: number, ...times: Date[]) =>
  nextRunClock(before, ofJobs(times), later(ms), true);

/** Each time is one of another job. */
function ofJobs(times: readonly Date[]) {
  return times.map((at, index) => ({ jobId: jobIdOf(String(index + 1)), at }));
}

test('the first look reckons that a run has just begun or ended; without any, that F&O shows UTC', () => {
  expect(first(later(-3 * minute))).toMatchObject({ aheadMs: 0, isCertain: false });
  expect(first(later(-3 * hour))).toMatchObject({ aheadMs: -3 * hour, isCertain: false });
  expect(first(later(5.5 * hour - minute))).toMatchObject({ aheadMs: 5.5 * hour, isCertain: false });
  expect(first()).toMatchObject({ aheadMs: 0, isCertain: false });
});

test('the next run shows which clock it is', () => {
  const quiet = first(later(-3 * hour));
  expect(next(quiet, 5 * minute, later(-3 * hour))).toMatchObject({ aheadMs: -3 * hour, isCertain: false });
  expect(next(quiet, 5 * minute, later(2 * minute))).toMatchObject({ aheadMs: 0, isCertain: true });
  const behind = later(-3 * hour + 2 * minute);
  expect(next(quiet, 5 * minute, behind)).toMatchObject({ aheadMs: -3 * hour, isCertain: true });
});

test('a look after hours without one shows old runs, which prove nothing', () => {
  const before = next(first(now), 5 * minute, later(2 * minute));
  expect(next(before, 4 * hour, later(hour))).toMatchObject({ aheadMs: 0, isCertain: true });
});

test('of many runs, a look that was cut has not seen the newest', () => {
  const cut = nextRunClock(null, ofJobs([later(-11 * hour)]), now, false);
  expect(cut).toMatchObject({ aheadMs: 0, isCertain: false, newestAt: null, lookedAt: null });
  expect(next(cut, 5 * minute, later(-9 * hour))).toMatchObject({ aheadMs: 0, isCertain: false });
});

test('where the time zone changes with the summer, the next run shows it', () => {
  const summer = next(first(later(2 * hour)), 5 * minute, later(2 * hour + 4 * minute));
  expect(summer).toMatchObject({ aheadMs: 2 * hour, isCertain: true });
  const after = later(3 * hour + 4 * minute);
  expect(
    nextRunClock(
      { ...summer, lookedAt: later(2 * hour) },
      ofJobs([after]),
      later(2 * hour + 5 * minute),
      true,
    ),
  ).toMatchObject({ aheadMs: hour });
});

test('whatever the time zone, a look every five minutes finds it with the first run, and keeps it', () => {
  const ages = fc.array(fc.integer({ min: 0, max: 10 * minute }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(
      fc.integer({ min: -48, max: 56 }),
      fc.integer({ min: 0, max: 600 }),
      ages,
      (quarters, agoMinutes, all) => {
        const aheadMs = quarters * 15 * minute;
        let clock = first(later(aheadMs - agoMinutes * minute));
        let newest = later(aheadMs - agoMinutes * minute).getTime();
        all.forEach((ageMs, index) => {
          const at = (index + 1) * 5 * minute;
          const time = later(at + aheadMs - ageMs);
          const isNew = time.getTime() > newest;
          newest = Math.max(newest, time.getTime());
          clock = next(clock, at, time);
          expect(isNew && (clock.aheadMs !== aheadMs || !clock.isCertain)).toBe(false);
        });
      },
    ),
  );
});

test('a time further ahead than any time zone is none of a run', () => {
  expect(canBeOfRun(later(14 * hour), now)).toBe(true);
  expect(canBeOfRun(later(15 * hour), now)).toBe(false);
  expect(first(later(15 * hour))).toEqual(first());
});

test('what the batch history shows may be later than the clock says, and then is a proof', () => {
  const clock = first();
  expect(raisedBy(clock, ofJobs([later(-3 * hour)]), now)).toEqual(clock);
  const raised = raisedBy(clock, ofJobs([later(9 * hour - minute)]), now);
  expect([raised.aheadMs, hasProof(raised), hasProof(clock)]).toEqual([9 * hour, true, false]);
});

test('one run does not raise a clock that is certain, however often it is seen; another one as far ahead does', () => {
  const certain = next(first(now), 5 * minute, later(4 * minute));
  const odd = later(95 * minute);
  const doubting = next(certain, 10 * minute, odd, later(9 * minute));
  expect(doubting).toMatchObject({ aheadMs: 0, newestAt: later(9 * minute), doubt: { at: odd } });
  const rewritten = next(doubting, 15 * minute, later(96 * minute));
  expect(rewritten).toMatchObject({ aheadMs: 0, isCertain: true });
  expect(raisedBy(rewritten, ofJobs([odd]), later(15 * minute))).toMatchObject({ aheadMs: 0 });
  const lower = nextRunClock(
    rewritten,
    [{ jobId: jobIdOf('7'), at: later(79 * minute) }],
    later(20 * minute),
    true,
  );
  expect(lower).toMatchObject({ aheadMs: hour, doubt: { aheadMs: 90 * minute } });
});

test('of two jobs in one look, and of two runs of one job, the time less far ahead raises the clock', () => {
  const certain = next(first(now), 5 * minute, later(4 * minute));
  const both = next(certain, 10 * minute, later(9 * hour), later(69 * minute));
  expect(both).toMatchObject({ aheadMs: hour });
  const once = next(certain, 10 * minute, later(69 * minute));
  expect(next(once, 70 * minute, later(129 * minute))).toMatchObject({ aheadMs: hour, doubt: null });
});
