import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseLosslessJson } from '../../src/events/lossless-json.ts';

test('every int64 keeps its digits', () => {
  const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  fc.assert(
    fc.property(int64, (id) => {
      const { JobId } = parsed(`{"JobId":${id}}`);
      expect(String(JobId)).toBe(String(id));
    }),
  );
  expect(parsed('{"a":9223372036854775807,"b":-9223372036854775808}')).toEqual({
    a: 9223372036854775807n,
    b: -9223372036854775808n,
  });
});

test('a number stays a number as long as that is exact', () => {
  expect(parsed('{"a":9007199254740991,"b":9007199254740992,"c":0.1,"d":1e2}')).toEqual({
    a: 9007199254740991,
    b: 9007199254740992n,
    c: 0.1,
    d: 100,
  });
});

test('what JSON.parse reads without loss is read the same', () => {
  const withoutGreatIntegers = fc
    .jsonValue()
    .filter((value) => !/\d{16}/.test(JSON.stringify(value)) && !JSON.stringify(value).includes('__proto__'));
  fc.assert(
    fc.property(withoutGreatIntegers, (value) => {
      const text = JSON.stringify(value);
      const expected: unknown = JSON.parse(text);
      expect(parseLosslessJson(text)).toEqual({ ok: true, value: expected });
    }),
  );
});

test('whatever the text is, it is read or refused, as JSON.parse would, and never throws', () => {
  const almostJson = fc.string({
    unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '1', '-', 'e', '.'),
  });
  fc.assert(
    fc.property(fc.oneof(fc.string(), almostJson), (text) => {
      const result = parseLosslessJson(text);
      const hasTwins = !result.ok && result.reason.startsWith('Duplicate key');
      expect(result.ok || hasTwins).toBe(isJson(text));
    }),
    { numRuns: 1000 },
  );
});

test('a key __proto__ is a key like any other: no prototype is changed, at any depth', () => {
  const value = parsed('{"__proto__":{"polluted":true},"inner":{"__proto__":{"polluted":true}}}');

  expect(Object.keys(value)).toEqual(['__proto__', 'inner']);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(Object.getPrototypeOf(value['inner'])).toBe(Object.prototype);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});

test.each([
  '{"JobId":1,"JobId":2}',
  '{"JobId":5637144576,"\\u004aobId":5637144577}',
  '{"JobId":9007199254740993,"JobId":9007199254740992}',
  '[{"a":{"b":1,"b":[1]}}]',
  '{"__proto__":1,"__proto__":2}',
])('a key that is given twice with two values is refused: %s', (text) => {
  expect(parseLosslessJson(text)).toEqual({ ok: false, reason: expect.stringMatching(/^Duplicate key/) });
});

test.each(['[', '{"a":'])('200,000 times %s is refused as nested too deeply', (opening) => {
  const deep = { ok: false, reason: 'It is nested too deeply.' };
  expect(parseLosslessJson(opening.repeat(200_000))).toEqual(deep);
  const closing = opening === '[' ? ']' : '}';
  expect(parseLosslessJson(`${opening.repeat(200_000)}1${closing.repeat(200_000)}`)).toEqual(deep);
});

test('a run of digits that no int64 has becomes an ordinary number, however long it is', () => {
  expect(parsed(`{"a":${'9'.repeat(20)},"b":${'9'.repeat(21)},"c":${'1'.repeat(1_000_000)}}`)).toEqual({
    a: 99999999999999999999n,
    b: 1e21,
    c: Number.POSITIVE_INFINITY,
  });
});

test('a reason quotes no more than a little of what was sent', () => {
  const result = parseLosslessJson(`{"${'x'.repeat(10_000)}":1,"${'x'.repeat(10_000)}":2}`);
  expect(result).toMatchObject({ ok: false });
  expect(result.ok ? 0 : result.reason.length).toBeLessThan(130);
});

test.each([
  '',
  '{"a":',
  '{"a":1,"a":2}',
  '['.repeat(200_000),
  `{"${'x'.repeat(200)}":1,"${'x'.repeat(200)}":2}`,
])('a reason is one sentence, with one full stop at its end (case %#)', (text) => {
  const result = parseLosslessJson(text);
  expect(result.ok ? '' : result.reason).toMatch(/[^.…]\.$|…\.$/);
});

function parsed(text: string): Record<string, unknown> {
  const result = parseLosslessJson(text);
  if (!result.ok) throw new Error(result.reason);
  return { ...Object(result.value) };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
