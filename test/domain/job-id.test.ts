import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isInt64, parseJobId } from '../../src/domain/job-id.ts';

const int64Max = 2n ** 63n - 1n;
const int64Min = -(2n ** 63n);

test('every int64 keeps its digits', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: int64Min, max: int64Max }), (id) => {
      expect(parseJobId(String(id))).toBe(String(id));
    }),
  );
  expect(parseJobId('9223372036854775807')).toBe('9223372036854775807');
  expect(parseJobId('-9223372036854775808')).toBe('-9223372036854775808');
});

test('a whole number beyond 64 bits is no job id', () => {
  const beyond = fc.oneof(fc.bigInt({ min: int64Max + 1n }), fc.bigInt({ max: int64Min - 1n }));
  fc.assert(
    fc.property(beyond, (number) => {
      expect(parseJobId(String(number))).toBeNull();
      expect(isInt64(number)).toBe(false);
    }),
  );
  expect(parseJobId('9223372036854775808')).toBeNull();
  expect(parseJobId('-9223372036854775809')).toBeNull();
});

test('text that is not digits is no job id', () => {
  fc.assert(
    fc.property(
      fc.string().filter((text) => !/^-?[0-9]+$/.test(text)),
      (text) => {
        expect(parseJobId(text)).toBeNull();
      },
    ),
  );
});

test.each([
  '',
  '-',
  '+1',
  ' 1',
  '1 ',
  '1\n',
  '1.0',
  '1e3',
  '0x10',
  '1_000',
  '１２',
  'NaN',
  '9'.repeat(100_000),
])('the text %j is no job id', (text) => {
  expect(parseJobId(text)).toBeNull();
});

test('an id has one spelling: leading zeros and the sign of zero go', () => {
  expect(parseJobId('007')).toBe('7');
  expect(parseJobId('-007')).toBe('-7');
  expect(parseJobId('-0')).toBe('0');
});
