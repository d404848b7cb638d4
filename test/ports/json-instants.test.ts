import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { reviveInstants, stringifyInstants } from '../../src/ports/json-instants.ts';

const leaf = fc.oneof(
  fc.string(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.date({ noInvalidDate: false }),
);
const name = fc.constantFrom('at', 'endedAt', 'leaseUntil', 'eventId', 'atlas');
const record = fc.letrec((tie) => ({
  value: fc.oneof(leaf, fc.array(tie('value'), { maxLength: 3 }), tie('record')),
  record: fc.dictionary(name, tie('value'), { maxKeys: 4 }),
})).record;

test('a record is written as JSON.stringify writes it, whatever it holds', () => {
  fc.assert(
    fc.property(record, (value) => {
      const written = stringifyInstants(Object(value));
      expect(written).toBe(JSON.stringify(value));
    }),
  );
});

test('instants are read as they were written, and nothing else becomes one', () => {
  const stored = {
    at: new Date(0),
    seen: { runEndedAt: new Date('2026-11-26T03:00:00.123Z'), atlas: '2026-11-26', untilWhen: null },
    failedRuns: [{ endedAt: new Date(1) }, { endedAt: new Date(1) }],
  };
  expect(reviveInstants(JSON.parse(stringifyInstants(stored)))).toEqual(stored);
});

test('thousands of different instants are written as they are', () => {
  const instants = Array.from({ length: 3000 }, (_, index) => new Date(index * 1001));
  expect(stringifyInstants({ instants })).toBe(JSON.stringify({ instants }));
});
