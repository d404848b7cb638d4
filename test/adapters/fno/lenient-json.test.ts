import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseLenientJson } from '../../../src/adapters/fno/lenient-json.ts';
import { parseLosslessJson } from '../../../src/events/lossless-json.ts';

/** Texts as exceptions have them: control characters, quotes, backslashes, and what looks like JSON. */
const text = fc
  .array(
    fc.oneof(
      fc.string(),
      fc.constantFrom('\r\n', '\t', '\u0000', '\u001f', '\u007f', '"', '\\', '{"IsSuccess":true}', 'n'),
    ),
  )
  .map((parts) => parts.join(''));

/** As F&O writes it: JSON, in whose texts control characters stand as they are. */
function withRawControls(value: unknown): string {
  const escapes: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
  return JSON.stringify(value).replaceAll(
    /\\(?:u(00[01][\da-f])|([^u])|u)/g,
    (escape, code?: string, letter = '') =>
      code === undefined ? (escapes[letter] ?? escape) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

test('JSON whose texts hold raw control characters is read as if they were escaped', () => {
  const answer = fc.dictionary(text, fc.oneof(text, fc.boolean(), fc.integer(), fc.constant(null)));
  fc.assert(
    fc.property(answer, (object) => {
      expect(parseLenientJson(withRawControls(object))).toEqual(parseLosslessJson(JSON.stringify(object)));
    }),
  );
});

test('what is JSON is read as ever, with line breaks between its parts', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\r\n\t'), (value, space) => {
      const json = JSON.stringify(value, null, space);
      expect(parseLenientJson(json)).toEqual(parseLosslessJson(json));
    }),
  );
});

test.each(['{"a":"x\r\n","a":"y"}', '{"a":"x\n"', '{"a":"x\n', '{"a\n":}', '<html>\n', '"a\n" "b"', ''])(
  'what breaks other rules, too, is no JSON: %j',
  (body) => {
    expect(parseLenientJson(body)).toMatchObject({ ok: false });
  },
);

test('digits beyond 2^53 are kept beside raw line breaks', () => {
  expect(parseLenientJson('{"id":9223372036854775807,"text":"a\r\nb"}')).toEqual({
    ok: true,
    value: { id: 9223372036854775807n, text: 'a\r\nb' },
  });
});
