import { expect, test } from 'vitest';
import { firstLook, hasEndedSince } from '../../../src/domain/watch/first-look.ts';
import { hour, jobId, jobIdOf, later, minute, now } from '../job/builders.ts';

const other = jobIdOf('7');
const run = (endedAt: Date, startedAt: Date | null = null, of = jobId) => ({ jobId: of, startedAt, endedAt });
const shown = firstLook(now, [run(later(-minute)), run(later(-hour)), run(later(9 * hour), null, other)]);

test('the first look keeps the latest end of each job', () => {
  expect(shown).toEqual({
    beganAt: now,
    firstEnds: [
      { jobId: other, at: later(9 * hour) },
      { jobId, at: later(-minute) },
    ],
  });
});

test('what it showed had ended before, whatever F&O’s clock; what it did not show has ended since', () => {
  expect(hasEndedSince(shown, run(later(-minute + 1500)), 0)).toBe(false);
  expect(hasEndedSince(shown, run(later(-30_000)), 0)).toBe(true);
  expect(hasEndedSince(shown, run(later(9 * hour - minute)), 0)).toBe(true);
  expect(hasEndedSince(shown, run(later(8 * hour), null, other), 9 * hour)).toBe(false);
  expect(hasEndedSince(shown, run(later(-minute), null, jobIdOf('8')), 0)).toBe(true);
});

test('a run whose end is written anew is the one that the first look showed', () => {
  expect(hasEndedSince(shown, run(later(minute), later(-2 * minute)), 0)).toBe(false);
  expect(hasEndedSince(shown, run(later(minute), later(-30_000)), 0)).toBe(true);
});

test('what ended long before, and F&O shows late, is none since; before the first look nothing is', () => {
  const late = run(later(-16 * minute), null, jobIdOf('8'));
  expect(hasEndedSince(shown, late, 0)).toBe(false);
  expect(hasEndedSince(shown, late, hour)).toBe(false);
  expect(hasEndedSince(shown, late, -hour)).toBe(true);
  expect(hasEndedSince({ beganAt: null }, run(later(hour)), 0)).toBe(false);
});

test('records that are older go by F&O’s clock', () => {
  expect(hasEndedSince({ beganAt: now }, run(later(-hour)), 0)).toBe(false);
  expect(hasEndedSince({ beganAt: now }, run(later(minute)), 0)).toBe(true);
});

test('of very many jobs it keeps the latest: what ended before those is none since', () => {
  const many = Array.from({ length: 150 }, (_, n) => run(later(-n * minute), null, jobIdOf(String(n + 1))));
  const first = firstLook(now, many);
  expect(first.firstEnds).toHaveLength(100);
  expect(hasEndedSince(first, run(later(-100 * minute), null, jobIdOf('101')), -3 * hour)).toBe(false);
  expect(hasEndedSince(first, run(later(-98 * minute)), -3 * hour)).toBe(true);
});
