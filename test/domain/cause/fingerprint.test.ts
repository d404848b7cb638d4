import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { causePattern, fingerprintOf } from '../../../src/domain/cause/fingerprint.ts';

test.each([
  ['Account 4711 does not exist.', 'account # does not exist.'],
  ["Customer 'Contoso Ltd' is blocked for invoicing.", 'customer # is blocked for invoicing.'],
  ["The user can't post the customer's invoice.", "the user can't post the customer's invoice."],
  ['Voucher INV-000123 of 2026-03-02T01:05:00Z: 1.234,56 EUR', 'voucher # of #: # eur'],
  ['Fehler in Zeile 12:\r\n\t Belegnummer „RE-77“ fehlt', 'fehler in zeile #: belegnummer # fehlt'],
  ['Task {1f0c9a52-7a39-4d6f-8d0e-2f6a0f6f9d11} failed', 'task {#} failed'],
  [String.raw`File \\share\in\2026\03\a1.csv is locked`, String.raw`file \\# is locked`],
])('the pattern of %j is %j', (text, pattern) => {
  expect(causePattern(text)).toBe(pattern);
});

test('different causes have different fingerprints', () => {
  const texts = ['Account 1 does not exist.', 'Account 1 is blocked.', 'Deadlock victim', ''];
  expect(new Set(texts.map(fingerprintOf)).size).toBe(texts.length);
  expect(fingerprintOf('')).toMatch(/^[0-9a-f]{16}$/);
});

const word = fc.stringMatching(/^[a-zäöüß]{1,10}$/);
const id = fc.oneof(
  fc.nat().map(String),
  fc.uuid(),
  fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
    .map((date) => date.toISOString()),
  fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map((n) => `INV-${n}`),
  fc.double({ min: 0, max: 1e9, noNaN: true }).map((n) => n.toFixed(2)),
);
const value = fc.string({ minLength: 1, maxLength: 30 }).map((text) => `'${text.replaceAll(/['\n]/g, '')}x'`);
/** A text with gaps for ids, and two ways to fill them. */
const filled = (gap: fc.Arbitrary<string>) =>
  fc.array(fc.tuple(word, gap, gap), { minLength: 1, maxLength: 8 }).map((parts) => ({
    one: parts.map(([before, first]) => `${before} ${first}`).join(' '),
    other: parts.map(([before, , second]) => `${before} ${second}`).join(' '),
  }));

test.each([
  ['numbers, ids, GUIDs and dates', id],
  ['quoted values', value],
])('a fingerprint does not depend on %s', (_what, gap) => {
  fc.assert(
    fc.property(filled(gap), ({ one, other }) => {
      expect(causePattern(one)).toBe(causePattern(other));
      expect(fingerprintOf(one)).toBe(fingerprintOf(other));
    }),
    { numRuns: 500 },
  );
});

test('a fingerprint does not depend on the digits of a number, wherever it stands, nor on case and blanks', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.infiniteStream(fc.nat({ max: 9 })), (text, digits) => {
      const other = text.replaceAll(/\d/g, () => String(digits.next().value));
      expect(fingerprintOf(other)).toBe(fingerprintOf(text));
      expect(fingerprintOf(` ${text.replaceAll(' ', ' \n ')} `)).toBe(
        fingerprintOf(text.replaceAll(' ', ' ')),
      );
    }),
  );
  expect(fingerprintOf("the record 'a \n b' is locked")).toBe(fingerprintOf("the record 'a b' is locked"));
  expect(fingerprintOf('POSTING  Failed')).toBe(fingerprintOf('posting failed'));
});

test('a hostile text of the longest kind costs little', () => {
  const startedAt = performance.now();
  for (const unit of ['a', "'", 'a.', '1', '-', 'a-1', '“']) fingerprintOf(unit.repeat(2000).slice(0, 2000));
  expect(performance.now() - startedAt).toBeLessThan(1000);
});
