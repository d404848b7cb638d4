import * as fc from 'fast-check';
import { parse } from 'lossless-json';
import { expect, test } from 'vitest';
import { parsePlainJson } from '../../src/events/plain-json.ts';

/** JSON text that may have keys twice, long numbers and any white space, and text that is almost JSON. */
const { tree: jsonText } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
    fc.constantFrom('"\\u0061"', '"\\\\"', '"\\""', '"a:1"', 'true', 'null', '-0', '1e5', '0.1', '""'),
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
    fc.integer().map(String),
    fc.array(tie('tree'), { maxLength: 3 }).map((items) => `[${items.join(' ,')}]`),
    fc
      .array(fc.tuple(fc.constantFrom('"a"', '"\\u0061"', '"b"', '"__proto__"', '"a:"'), tie('tree')), {
        maxLength: 4,
      })
      .map((fields) => `{${fields.map(([key, value]) => `${key} :\n${value}`).join(',')}}`),
  ),
}));
const brokenText = fc
  .tuple(jsonText, fc.nat(), fc.constantFrom('', '"', '{', '1', ',', ':', '\\', '\t', '[', '}'))
  .map(([text, at, put]) => text.slice(0, at % (text.length + 1)) + put + text.slice(at % (text.length + 1)));

test('what is parsed at native speed is what the lossless parser makes of it, digit for digit', () => {
  let plain = 0;
  fc.assert(
    fc.property(fc.oneof(jsonText, brokenText), (text) => {
      const parsed = parsePlainJson(text);
      if (!parsed) return;
      plain += 1;
      expect(parsed.value).toEqual(parse(text, null, exactNumber));
    }),
    { numRuns: 3000 },
  );
  expect(plain).toBeGreaterThan(1000);
});

test.each([
  '{"JobId":9007199254740993}',
  '{"JobId":-9223372036854775808}',
  '{"a":1,"\\u0061":2}',
  '[{"b":[{"a":1,"a":1}]}]',
  '{"a":1',
  '',
  '['.repeat(101) + ']'.repeat(101),
])('what could lose something is left to the lossless parser: %s', (text) => {
  expect(parsePlainJson(text)).toBeNull();
});

test('what F&O sends is parsed at native speed, whatever its texts hold', () => {
  const event = {
    JobId: 5637144576,
    JobDescription: '12345678901234567890 "a:b" \\',
    ControlNumber: 68719932288,
  };
  expect(parsePlainJson(JSON.stringify(event))).toEqual({ value: event });
});

/** Any number that a double would change is another value. */
function exactNumber(digits: string): unknown {
  const number = Number(digits);
  return /^-?\d+$/.test(digits) && BigInt(digits) !== BigInt(number) ? BigInt(digits) : number;
}
