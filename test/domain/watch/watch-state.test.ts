import { expect, test } from 'vitest';
import {
  beginLook,
  endLook,
  failuresToldUntil,
  mustFindHistory,
  searchFrom,
} from '../../../src/domain/watch/watch-state.ts';
import { day, hour, jobId, later, minute, now } from '../job/builders.ts';

const every = 5 * minute;
const entity = {
  set: 'H',
  jobId: 'J',
  status: 'S',
  start: 'A',
  end: 'B',
  description: null,
  legalEntity: null,
};
const looked = {
  first: { beganAt: now, firstEnds: [] },
  positionAt: now,
  unsettledSinceAt: null,
  problem: null,
  notBeforeAt: null,
  history: null,
  toldUntilAt: null,
  runClock: { aheadMs: 0, isCertain: true, newestAt: null, lookedAt: null },
};
const begun = beginLook(null, every, now, null);
const ended = endLook(begun, looked, now);

test('while one process looks no other does, for three minutes', () => {
  expect(beginLook(begun, every, later(minute), null)).toBeNull();
  expect(beginLook(begun, every, later(3 * minute), null)).not.toBeNull();
});

test('the next look is due after most of the interval, and after a clock was set back', () => {
  expect(beginLook(ended, every, later(3 * minute), null)).toBeNull();
  expect(beginLook(ended, every, later(4 * minute), null)).not.toBeNull();
  expect(beginLook(ended, every, later(-hour), null)).not.toBeNull();
});

test('however far apart two clocks lie, a look is due once its state was seen unchanged for most of the interval', () => {
  for (const at of [later(-hour), now, later(hour)]) {
    expect(beginLook(ended, every, at, 0)).toBeNull();
    expect(beginLook(ended, every, at, 4 * minute - 1)).toBeNull();
    expect(beginLook(ended, every, at, 4 * minute)).not.toBeNull();
  }
});

test('a lease that was seen unchanged for three minutes is over, whatever the clocks say', () => {
  for (const at of [later(-hour), later(minute), later(hour)]) {
    expect(beginLook(begun, every, at, 3 * minute - 1)).toBeNull();
    expect(beginLook(begun, every, at, 3 * minute)).not.toBeNull();
  }
});

test('F&O is left alone for as long as it asks', () => {
  const patient = endLook(begun, { ...looked, notBeforeAt: later(20 * minute) }, now);
  expect(beginLook(patient, every, later(19 * minute), null)).toBeNull();
  expect(beginLook(patient, every, later(20 * minute), null)).not.toBeNull();
});

test('the first search begins twelve hours back, the next ones ten minutes before the latest end, none more than a day back', () => {
  expect(begun && searchFrom(begun, now)).toEqual(later(-12 * hour));
  expect(searchFrom(ended, later(hour))).toEqual(later(-10 * minute));
  expect(searchFrom(ended, later(3 * day))).toEqual(later(2 * day));
});

test('where F&O shows local times, a search begins an hour earlier: they are set back in autumn', () => {
  const local = endLook(begun, { ...looked, runClock: { ...looked.runClock, aheadMs: 2 * hour } }, now);
  expect(searchFrom(local, later(hour))).toEqual(later(-70 * minute));
});

test('the first look stays the first', () => {
  const next = { ...looked, first: { beganAt: later(hour), firstEnds: [{ jobId, at: now }] } };
  expect(endLook(ended, next, later(hour))).toMatchObject({ beganAt: now, firstEnds: [] });
  const seenNothing = endLook(begun, { ...looked, first: { beganAt: null } }, now);
  expect(endLook(seenNothing, next, later(hour))).toMatchObject({ beganAt: later(hour) });
});

test('the position never goes back', () => {
  expect(endLook(ended, { ...looked, positionAt: later(-hour) }, now).positionAt).toEqual(now);
  expect(endLook(ended, { ...looked, positionAt: later(hour) }, now).positionAt).toEqual(later(hour));
});

test('a history is looked for once, daily while there is none, and at each look while nothing is certain', () => {
  const known = { entity, isCertain: true, foundAt: now };
  expect(mustFindHistory(null, now)).toBe(true);
  expect(mustFindHistory(known, later(300 * day))).toBe(false);
  expect(mustFindHistory({ ...known, entity: null }, later(day - 1))).toBe(false);
  expect(mustFindHistory({ ...known, entity: null }, later(day))).toBe(true);
  expect(mustFindHistory({ ...known, isCertain: false }, later(minute))).toBe(true);
});

test('failures are told until the latest look that read the batch history, for a day; without one, never', () => {
  const history = { entity, isCertain: true, foundAt: now };
  const told = endLook(ended, { ...looked, history, toldUntilAt: later(-minute) }, now);
  expect(failuresToldUntil(told, now)).toEqual(later(-minute));
  const failed = endLook(told, { ...looked, history, problem: 'F&O is down.' }, later(hour));
  expect(failuresToldUntil(failed, later(hour))).toEqual(later(-minute));
  expect(failuresToldUntil(failed, later(day - minute))).toEqual(later(-minute));
  expect(failuresToldUntil(failed, later(day))).toBeNull();
  const ahead = { ...told, runClock: { ...looked.runClock, aheadMs: hour } };
  expect(failuresToldUntil(ahead, later(day - hour))).toBeNull();
  for (const state of [null, ended, endLook(told, looked, now)])
    expect(failuresToldUntil(state, now)).toBeNull();
});
