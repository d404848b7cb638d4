import { expect, test } from 'vitest';
import { defaults, parseOptions } from '../../bench/options.ts';

const paths = ['requeue', 'no-match'];

test('without arguments everything is measured, against no other commit', () => {
  expect(parseOptions([], paths)).toEqual({
    kind: 'options',
    options: { only: null, ...defaults, against: null },
  });
});

test('arguments choose paths, rounds, seconds and another commit', () => {
  const args = ['--only', 'requeue, no-match', '--rounds', '9', '--seconds', '5', '--against', 'main'];
  expect(parseOptions(args, paths)).toEqual({
    kind: 'options',
    options: { only: ['requeue', 'no-match'], rounds: 9, seconds: 5, against: 'main' },
  });
});

test('help is help, whatever else is said', () => {
  expect(parseOptions(['--help', '--rounds', '0'], paths)).toEqual({ kind: 'help' });
});

test.each([
  [['--only', 'requeues'], '--only requeues: expected some of requeue, no-match'],
  [['--rounds', '0'], '--rounds 0: expected a whole number from 1 to 30'],
  [['--rounds', '31'], '--rounds 31: expected a whole number from 1 to 30'],
  [['--seconds', '1.5'], '--seconds 1.5: expected a whole number from 1 to 60'],
  [['--fast'], "Unknown option '--fast'"],
])('%j is refused', (args, message) => {
  expect(parseOptions(args, paths)).toEqual({ kind: 'wrong', message: expect.stringContaining(message) });
});
