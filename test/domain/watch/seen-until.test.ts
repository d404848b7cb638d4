import { expect, test } from 'vitest';
import { seenUntil } from '../../../src/domain/watch/seen-until.ts';
import { hour, jobIdOf, later, minute, now } from '../job/builders.ts';

const at = (ms: number, of: string) => ({ jobId: jobIdOf(of), endedAt: later(ms) });
const before = later(-5 * hour);

test('all ends were seen up to the latest of all jobs but one', () => {
  const runs = [at(-minute, '1'), at(-9 * minute, '2'), at(-2 * minute, '1'), at(-hour, '3')];
  expect(seenUntil(runs, before, now, 0)).toEqual(later(-9 * minute));
});

test('one job alone moves the position no nearer to now than two hours', () => {
  expect(seenUntil([at(-minute, '1'), at(-2 * minute, '1')], before, now, 0)).toEqual(later(-2 * hour));
  expect(seenUntil([at(-3 * hour, '1')], before, now, 0)).toEqual(later(-3 * hour));
  expect(seenUntil([at(9 * hour - minute, '1')], before, now, 9 * hour)).toEqual(later(-2 * hour));
  expect(seenUntil([at(-minute, '1')], later(-30 * hour), now, -8 * hour)).toEqual(later(-30 * hour));
  expect(seenUntil([at(-9 * hour, '1')], later(-30 * hour), now, -8 * hour)).toEqual(later(-10 * hour));
});

test('no time after F&O’s clock of runs counts, and the position never goes back', () => {
  const runs = [at(hour, '1'), at(-minute, '2'), at(-5 * minute, '3')];
  expect(seenUntil(runs, before, now, 0)).toEqual(later(-5 * minute));
  expect(seenUntil(runs, before, now, hour)).toEqual(later(-minute));
  expect(seenUntil([], before, now, 0)).toEqual(before);
  expect(seenUntil([at(-9 * hour, '1'), at(-8 * hour, '2')], before, now, 0)).toEqual(before);
});
