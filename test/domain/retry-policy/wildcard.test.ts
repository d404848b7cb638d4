import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesWildcard } from '../../../src/domain/retry-policy/wildcard.ts';

test.each([
  ['INT*', 'INT customers', true],
  ['INT*', 'INT', true],
  ['INT*', 'PRINT', false],
  ['int*', 'INT customers', true],
  ['*posting', 'Nightly posting', true],
  ['*posting', 'Nightly posting 2', false],
  ['*a*b*', 'xxaxxbxx', true],
  ['*a*b*', 'xxbxxaxx', false],
  ['Job ?', 'Job 7', true],
  ['Job ?', 'Job ', false],
  ['Job ?', 'Job 77', false],
  ['*ab', 'aab', true],
  ['*', '', true],
  ['', '', true],
  ['', 'x', false],
  ['?', '', false],
])('the pattern %j given %j answers %j', (pattern, text, matches) => {
  expect(matchesWildcard(pattern, text)).toBe(matches);
});

test('characters that mean something in a regular expression stand for themselves', () => {
  expect(matchesWildcard('Invoices (v1.0) [a+b]', 'invoices (V1.0) [A+B]')).toBe(true);
  expect(matchesWildcard('v1.0', 'v1x0')).toBe(false);
});

test('every short pattern answers as a regular expression does', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'B', '*', '?', '.'), maxLength: 7 });
  const text = fc.string({ unit: fc.constantFrom('a', 'A', 'b', '*', '?', '.', '\n'), maxLength: 9 });
  fc.assert(
    fc.property(pattern, text, (wanted, found) => {
      expect(matchesWildcard(wanted, found)).toBe(asRegExp(wanted).test(found));
    }),
    { numRuns: 5000 },
  );
});

test('a text is matched by itself with any part of it replaced by a star', () => {
  const plainText = fc.string({ maxLength: 40 }).filter((text) => !/[*?]/.test(text));
  fc.assert(
    fc.property(plainText, fc.nat(40), fc.nat(40), (text, start, length) => {
      const pattern = `${text.slice(0, start)}*${text.slice(start + length)}`;
      expect(matchesWildcard(pattern, text)).toBe(true);
    }),
  );
});

test('two hundred stars on a long text are answered, although there are more than 10^400 ways to place them', () => {
  const stars = '*a'.repeat(200);
  const text = 'a'.repeat(4000);

  expect(matchesWildcard(`${stars}*b`, text)).toBe(false);
  expect(matchesWildcard(`${stars}*b`, `${text}b`)).toBe(true);
  expect(matchesWildcard(`${'*'.repeat(5000)}b`, text)).toBe(false);
});

function asRegExp(pattern: string): RegExp {
  const source = pattern
    .split('')
    .map((character) =>
      character === '*' ? '[^]*' : character === '?' ? '[^]' : character.replace(/[.()[\]+^$|\\{}]/, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`, 'i');
}
