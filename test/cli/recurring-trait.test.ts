import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { judge, type Poll, pollForMs, timesOf, whyUnfit } from '../../src/cli/recurring-trait.ts';
import type { Observation, SetToWaitingOutcome } from '../../src/domain/outcome.ts';
import { action } from '../domain/job/action.ts';
import { answer, observed } from '../domain/job/builders.ts';

const minute = 60_000;
const hour = 60 * minute;
const start = Date.UTC(2026, 2, 2, 1);

const taken: SetToWaitingOutcome = { kind: 'taken', action, answer };
const no = { status: 200, isSuccess: false, message: 'The job waits already.' };
const refused: SetToWaitingOutcome = { kind: 'refused', action, answer: no };
const lost = { status: null, isSuccess: null, message: 'no answer in time' };
const unknown: SetToWaitingOutcome = {
  kind: 'unknown',
  serverError: false,
  gatewayFault: false,
  answer: lost,
};

/** Failed a minute ago, and waits for its start in an hour. */
const waiting: Observation = {
  ...observed('Waiting', new Date(start - minute)),
  startedAt: new Date(start - 2 * minute),
  scheduledAt: new Date(start + hour),
  isRecurring: true,
};

function look(afterMs: number, more: Partial<Observation> = {}): Poll {
  return { afterMs, at: new Date(start + afterMs), observation: { ...waiting, ...more } };
}
const before = look(0);
const cleared = { startedAt: null, endedAt: null };
const isTold = fc.boolean().map((told) => (told ? {} : cleared));

/** Looks in which nothing changed, but that F&O shows the latest run's times or not. */
const unchanged = (upToMs: number) =>
  fc
    .array(fc.tuple(fc.integer({ min: 0, max: upToMs - 1 }), isTold), { maxLength: 20 })
    .map((polls) => polls.toSorted(([a], [b]) => a - b).map(([afterMs, told]) => look(afterMs, told)));

/** What only a started job shows, at that time by F&O's clock. */
const signs: [what: string, sign: (atMs: number) => Partial<Observation>][] = [
  ['it is Executing', () => ({ status: 'Executing' })],
  ['it is Ready', () => ({ status: 'Ready' })],
  ['it is in Error', () => ({ status: 'Error' })],
  ['a newer start', (atMs) => ({ startedAt: new Date(atMs) })],
  ['a newer end', (atMs) => ({ endedAt: new Date(atMs + 3000) })],
  ['a scheduled start that is past', (atMs) => ({ scheduledAt: new Date(atMs) })],
  ['a scheduled start that is soon', (atMs) => ({ scheduledAt: new Date(atMs + 2 * minute) })],
];

test.each(signs)('%s, whenever it is seen, and whatever F&O showed before: starts-now', (_what, sign) => {
  fc.assert(
    fc.property(unchanged(pollForMs), isTold, fc.nat({ max: 2 * pollForMs }), (polls, told, atMs) => {
      const started = look(atMs, { ...told, ...sign(start + atMs) });
      const all = [...polls.filter(({ afterMs }) => afterMs <= atMs), started];
      for (const sent of [taken, unknown])
        expect(judge(look(0, told), sent, all)).toMatchObject({ kind: 'starts-now' });
    }),
  );
});

test('a job that only waits on is polled for five minutes; then, if F&O took the request: no-change', () => {
  fc.assert(
    fc.property(unchanged(pollForMs), isTold, fc.nat({ max: minute }), (polls, told, lateMs) => {
      expect(judge(before, taken, polls)).toBeNull();
      expect(judge(before, unknown, polls)).toBeNull();
      const all = [...polls, look(pollForMs + lateMs, told)];
      expect(judge(before, taken, all)).toMatchObject({ kind: 'no-change' });
      expect(judge(before, unknown, all)).toMatchObject({ kind: 'unclear' });
    }),
  );
});

test('what F&O refuses is refused, with its words, whatever is seen', () => {
  fc.assert(
    fc.property(unchanged(2 * pollForMs), (polls) => {
      expect(judge(before, refused, polls)).toEqual({
        kind: 'refuses',
        because: 'F&O refuses (The job waits already.).',
      });
    }),
  );
});

test.each<[string, SetToWaitingOutcome]>([
  ['throttles', { kind: 'throttled', retryAfterMs: null, answer: lost }],
  ['cannot be signed in to', { kind: 'sign-in-refused', answer: lost }],
  [
    'answers 404',
    { kind: 'refused', action, answer: { status: 404, isSuccess: null, message: 'No action.' } },
  ],
])('where F&O %s, nothing is measured', (_what, sent) => {
  expect(judge(before, sent, [])).toMatchObject({ kind: 'unclear' });
});

test('a job that a person put on hold, or that waits for another later start, is unclear', () => {
  for (const more of [{ status: 'Hold' }, { scheduledAt: new Date(start + 2 * hour) }, { scheduledAt: null }])
    expect(judge(before, taken, [look(pollForMs, more)])).toMatchObject({ kind: 'unclear' });
});

test.each<[string, Partial<Observation>, RegExp]>([
  ['waits for its schedule', {}, /^fit$/],
  ['is scheduled, and F&O shows no times', { status: 'Scheduled', ...cleared }, /^fit$/],
  ['does not recur', { isRecurring: false }, /does not recur/],
  ['is in Error', { status: 'Error' }, /^It is Error.*right after a failed run/],
  ['runs', { status: 'Executing' }, /^It is Executing/],
  ['starts in seven minutes', { scheduledAt: new Date(start + 7 * minute) }, /starts by itself at 2026/],
  ['is about to start', { scheduledAt: new Date(start - minute) }, /starts by itself at 2026/],
  ['has no schedule', { scheduledAt: null }, /does not show its next/],
])('a job that %s', (_what, more, why) => {
  expect(whyUnfit(look(0, more)) ?? 'fit').toMatch(why);
});

test('whether F&O keeps the times of the latest run', () => {
  const [startedAt, endedAt] = [waiting.startedAt, waiting.endedAt];
  expect(timesOf(waiting)).toBe('times kept');
  expect(timesOf({ ...waiting, ...cleared })).toMatch(/^times cleared/);
  expect(timesOf({ ...waiting, startedAt, endedAt: null })).toBe('start kept, end cleared');
  expect(timesOf({ ...waiting, startedAt: null, endedAt })).toBe('start cleared, end kept');
});
