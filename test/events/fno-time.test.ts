import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFnoTime, readFnoTime } from '../../src/events/fno-time.ts';

test.each([
  ['/Date(1772413200000)/', '2026-03-02T01:00:00.000Z'],
  ['/Date(-1000)/', '1969-12-31T23:59:59.000Z'],
  ['2026-03-02T01:00:00Z', '2026-03-02T01:00:00.000Z'],
  ['2026-03-02T01:00:00.1234567Z', '2026-03-02T01:00:00.123Z'],
  ['2026-03-02T03:00:00+02:00', '2026-03-02T01:00:00.000Z'],
  ['2026-03-02T03:00:00+0200', '2026-03-02T01:00:00.000Z'],
  ['2026-03-02T01:00:00+00', '2026-03-02T01:00:00.000Z'],
  ['2026-03-02T01:00:00', '2026-03-02T01:00:00.000Z'],
  ['2026-03-02 01:00:00Z', '2026-03-02T01:00:00.000Z'],
  [' 2026-03-02t01:00:00z ', '2026-03-02T01:00:00.000Z'],
  ['/Date(1772413200000+0200)/', '2026-03-02T01:00:00.000Z'],
  ['/Date(1772413200000-0500)/', '2026-03-02T01:00:00.000Z'],
  [1772413200000, '2026-03-02T01:00:00.000Z'],
  [1772413200, '2026-03-02T01:00:00.000Z'],
  [1772413200.5, '2026-03-02T01:00:00.500Z'],
  ['1772413200000', '2026-03-02T01:00:00.000Z'],
])('reads %s as %s', (value, expected) => {
  expect(parseFnoTime(value)?.toISOString()).toBe(expected);
});

test.each([
  ['the sample', '/Date(-2208988800000)/'],
  ['ISO 8601', '1900-01-01T00:00:00Z'],
  ['a local time on that day', '1900-01-01T00:00:00+05:00'],
])('1900-01-01 is no date: %s', (_spelling, value) => {
  expect(parseFnoTime(value)).toBeNull();
});

test.each([
  ['never'],
  ['/Date(x)/'],
  ['/Date(9999999999999999)/'],
  ['2026-13-45T00:00:00Z'],
  ['2026-03-02'],
  ['2026-03-02T01:00Z'],
  ['Mon, 02 Mar 2026 01:00:00 GMT'],
  ['March 2, 2026'],
  ['2026'],
  ['1'],
  ['+012026-03-02T01:00:00Z'],
  ['20260302010000'],
  ['638767692000000000'],
  [638767692000000000n],
  [20260302],
  [1e300],
  [Number.NaN],
  [true],
  [[]],
  [{}],
])('what is no time, or a time without seconds, is unreadable: %s', (value) => {
  expect(readFnoTime(value)).toEqual({ kind: 'unreadable' });
  expect(parseFnoTime(value)).toBeNull();
});

test.each([[''], [' '], [null], [undefined], [0], ['0'], [-2208988800000]])(
  '%j says that there is no time',
  (value) => {
    expect(readFnoTime(value)).toEqual({ kind: 'time', at: null });
  },
);

test('one instant is read the same in both spellings', () => {
  const instant = fc.date({ min: new Date('1901-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(instant, (date) => {
      expect(parseFnoTime(`/Date(${date.getTime()})/`)).toEqual(date);
      expect(parseFnoTime(date.toISOString())).toEqual(date);
    }),
  );
});
