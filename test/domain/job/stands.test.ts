import { expect, test } from 'vitest';
import { judge, type Verdict } from '../../../src/domain/job/stands.ts';
import type { Observation } from '../../../src/domain/outcome.ts';
import { hour, later, minute, now, observed } from './builders.ts';

/** The failed run ended an hour ago; F&O was read now. */
const failedRunEndedAt = later(-hour);
const ofFailedRun = { startedAt: later(-hour - 3 * minute), endedAt: failedRunEndedAt };
const ofNewerRun = { startedAt: later(-10 * minute), endedAt: later(-5 * minute) };
const ofEarlierRun = { startedAt: later(-3 * hour), endedAt: later(-2 * hour) };
const nothingShown = { startedAt: null, endedAt: null };

const at = {
  tomorrow: { scheduledAt: later(23 * hour) },
  inAMinute: { scheduledAt: later(minute) },
  inThreeMinutes: { scheduledAt: later(3 * minute) },
  aMinuteAgo: { scheduledAt: later(-minute) },
};

const recurring = { isRecurring: true };

const rows: [status: string, what: string, Verdict, Partial<Observation>][] = [
  ['Error', 'as it failed', 'stands', ofFailedRun],
  ['Error', 'after a newer run', 'stands', ofNewerRun],
  ['Error', 'no times shown', 'stands', nothingShown],
  ['Waiting', 'for its schedule tomorrow', 'stands', { ...ofFailedRun, ...at.tomorrow, ...recurring }],
  [
    'Waiting',
    'for its schedule in 3 minutes',
    'stands',
    { ...ofFailedRun, ...at.inThreeMinutes, ...recurring },
  ],
  ['Scheduled', 'for its schedule tomorrow', 'stands', { ...ofFailedRun, ...at.tomorrow, ...recurring }],
  ['Waiting', 'no times shown, until tomorrow', 'stands', { ...nothingShown, ...at.tomorrow, ...recurring }],
  ['Waiting', 'to start in a minute', 'runs', { ...ofFailedRun, ...at.inAMinute, ...recurring }],
  ['Waiting', 'to start since a minute', 'runs', { ...ofFailedRun, ...at.aMinuteAgo }],
  ['Waiting', 'after a newer run, until tomorrow', 'runs', { ...ofNewerRun, ...at.tomorrow, ...recurring }],
  ['Waiting', 'after a newer start', 'runs', { ...ofFailedRun, startedAt: later(-minute), ...at.tomorrow }],
  ['Waiting', 'no planned start shown, recurring', 'stands', { ...nothingShown, ...recurring }],
  ['Waiting', 'no planned start shown, not recurring', 'superseded', nothingShown],
  ['Ready', 'as it failed', 'runs', ofFailedRun],
  ['Executing', 'as it failed', 'runs', ofFailedRun],
  ['Cancelling', 'as it failed', 'runs', ofFailedRun],
  ['Finished', 'a newer run', 'healed', ofNewerRun],
  ['Finished', 'no times shown', 'healed', nothingShown],
  ['Finished', 'the failed run itself', 'superseded', ofFailedRun],
  ['Canceled', 'as it failed', 'taken-out', ofFailedRun],
  ['Hold', 'as it failed', 'taken-out', ofFailedRun],
  ['NotRun', 'as it failed', 'taken-out', ofFailedRun],
  ['Unheard of', 'as it failed', 'not known', ofFailedRun],
];

test.each(rows)('a job that is %s, %s: its failure %s', (status, _what, verdict, observation) => {
  const isFresh = false;
  const read = { ...observed(status), readAt: now, ...observation };
  expect(judge(failedRunEndedAt, read, now, isFresh).verdict).toBe(verdict);
});

test.each([
  ['Finished', 'healed'],
  ['Error', 'stands'],
] as const)('a failure that does not say when it ended, of a job that is %s: %s', (status, verdict) => {
  expect(judge(null, { ...observed(status), readAt: now, ...ofFailedRun }, now, true).verdict).toBe(verdict);
});

test.each([
  ['Executing', 'since before it ended', { startedAt: failedRunEndedAt, endedAt: null }, 'runs'],
  ['Cancelling', 'since before it ended', { startedAt: failedRunEndedAt, endedAt: null }, 'runs'],
  ['Ready', 'after an earlier run', ofEarlierRun, 'runs'],
  ['Waiting', 'to start at once, after an earlier run', { ...ofEarlierRun, scheduledAt: now }, 'runs'],
  ['Finished', 'by an earlier run', ofEarlierRun, 'superseded'],
] as const)(
  'a job that F&O shows %s %s does not show yet how it failed, unless it had the time',
  (status, _what, shown, then) => {
    const read = { ...observed(status), readAt: now, ...shown };
    expect(judge(failedRunEndedAt, read, now, true).verdict).toBe('not yet');
    expect(judge(failedRunEndedAt, read, now, false).verdict).toBe(then);
  },
);

test.each([
  ['Executing', { startedAt: later(-minute), endedAt: null }, 'runs'],
  ['Error', ofEarlierRun, 'stands'],
  ['Waiting', { ...ofEarlierRun, scheduledAt: later(hour) }, 'stands'],
] as const)('an event that came lately: a job that is %s is as F&O shows it', (status, shown, verdict) => {
  expect(judge(failedRunEndedAt, { ...observed(status), readAt: now, ...shown }, now, true).verdict).toBe(
    verdict,
  );
});
