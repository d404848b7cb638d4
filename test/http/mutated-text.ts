import * as fc from 'fast-check';
import { anEvent, eventId } from '../hosts/an-event.ts';

/** The job that the policy lists. Only broken events are sent about it. */
export const listedJobId = '5637144576';

const unlistedJobId = '1111111111';

export const mebibyte = 1024 * 1024;

/** An event about the listed job. */
export const listed = anEvent({ JobId: listedJobId });

const unlisted = anEvent({ JobId: unlistedJobId });

/** An event about the listed job that no change elsewhere makes valid. */
const broken = fc.constantFrom(
  anEvent({ JobId: `"0${listedJobId}"` }),
  anEvent({ JobId: `"${listedJobId} "` }),
  anEvent({ JobId: `${listedJobId}.5` }),
  anEvent({ JobId: `[${listedJobId}]` }),
  anEvent({ EventId: 'null' }),
  anEvent({ EventId: '""' }),
  anEvent({ EventId: '["8D1220EB"]' }),
  anEvent({ EventId: `"${'8'.repeat(65)}"` }),
);

const number = fc.oneof(
  fc.integer({ min: 1, max: 4000 }).map((digits) => '9'.repeat(digits)),
  fc.integer({ min: 1, max: 4000 }).map((digits) => `0.${'1'.repeat(digits)}`),
  fc.constantFrom(
    '1e999',
    '-1e999',
    '1e-999',
    '1E+5',
    '-0',
    '0',
    '-1',
    '007',
    '+1',
    '.5',
    '5.',
    'NaN',
    'Infinity',
    '0x10',
  ),
  fc.constantFrom('9223372036854775807', '9223372036854775808', '-9223372036854775809', '9007199254740993'),
);

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }).map((value) => JSON.stringify(value)),
  fc.constantFrom(
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u0000"',
    '"\\u202e"',
    '"\u0000"',
    '"\\x"',
    '"a\nb"',
    '"',
    '""',
  ),
);

const value = fc.oneof(
  number,
  text,
  fc.constantFrom('null', 'true', 'false', '{}', '[]', '[[[]]]', 'undefined', '{"a":{"b":1}}'),
);

const reservedKey = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'toJSON',
);

const eventField = fc.constantFrom(
  'BusinessEventId',
  'EventId',
  'JobId',
  'JobStatus',
  'ControlNumber',
  'EventTime',
  'JobDescription',
  'BusinessEventLegalEntity',
);

/** Small sizes are as likely as large ones. */
const upTo = (max: number) =>
  fc.double({ min: 0, max: Math.log2(max), noNaN: true }).map((bits) => Math.floor(2 ** bits));

/** `{"a":` and the like, never or always closed again. */
const nested = fc
  .tuple(fc.constantFrom(['[', ']'], ['{"a":', '}'], ['[{"JobId":', '}]']), upTo(mebibyte), fc.boolean())
  .map(([[open, close], bytes, isClosed]) => {
    const depth = Math.max(1, Math.floor(bytes / (open.length + close.length)));
    return `${open.repeat(depth)}${isClosed ? `1${close.repeat(depth)}` : ''}`;
  });

/** The text of a body, and what was done to it. */
export const mutatedText: fc.Arbitrary<{ how: string; text: string }> = fc.oneof(
  {
    weight: 10,
    arbitrary: labelled(
      'cut',
      fc.integer({ min: 0, max: listed.length - 1 }).map((end) => listed.slice(0, end)),
    ),
  },
  { weight: 6, arbitrary: labelled('broken', broken) },
  {
    weight: 10,
    arbitrary: labelled(
      'another type',
      fc.tuple(eventField, value).map(([field, other]) => anEvent({ JobId: unlistedJobId, [field]: other })),
    ),
  },
  {
    weight: 6,
    arbitrary: labelled(
      'a key twice',
      fc
        .tuple(fc.oneof(eventField, reservedKey), value, value)
        .map(
          ([field, one, two]) =>
            `{"JobId":${unlistedJobId},"${field}":${one},"${field}":${two},${unlisted.slice(1)}`,
        ),
    ),
  },
  {
    weight: 3,
    arbitrary: labelled('two job ids', fc.constant(`{"JobId":${unlistedJobId},${listed.slice(1)}`)),
  },
  {
    weight: 10,
    arbitrary: labelled(
      'a reserved key',
      fc
        .tuple(
          reservedKey,
          fc.oneof(value, fc.constantFrom('{"polluted":true}', '{"prototype":{"polluted":true}}')),
        )
        .map(([key, other]) => `{"${key}":${other},${unlisted.slice(1)}`),
    ),
  },
  {
    weight: 3,
    arbitrary: labelled(
      'only a reserved key',
      fc
        .tuple(reservedKey, fc.constantFrom(listed, 'null', '{"polluted":true}'))
        .map(([key, other]) => `{"${key}":${other}}`),
    ),
  },
  { weight: 6, arbitrary: labelled('deep', nested) },
  {
    weight: 4,
    arbitrary: labelled(
      'deep in an event',
      nested.map((deep) => anEvent({ JobId: unlistedJobId, Extra: deep })),
    ),
  },
  {
    weight: 8,
    arbitrary: labelled(
      'characters',
      fc
        .tuple(fc.nat(unlisted.length), fc.string({ unit: 'binary', maxLength: 6 }))
        .map(([at, inserted]) => unlisted.slice(0, at) + inserted + unlisted.slice(at + inserted.length)),
    ),
  },
  {
    weight: 3,
    arbitrary: labelled(
      'NUL',
      fc.nat(listed.length).map((at) => `${listed.slice(0, at)}\0${listed.slice(at)}`),
    ),
  },
  {
    weight: 4,
    arbitrary: labelled(
      'a byte-order mark',
      fc.constantFrom(`\uFEFF${unlisted}`, `\uFEFF\uFEFF${listed}`, `[\uFEFF${listed}]`),
    ),
  },
  {
    weight: 4,
    arbitrary: labelled(
      'a long array',
      fc
        .tuple(fc.constantFrom('{}', '[]', 'null', '1', '"x"'), upTo(20_000))
        .map(([item, length]) => `[${Array.from({ length }, () => item).join(',')}]`),
    ),
  },
  {
    weight: 5,
    arbitrary: labelled(
      'a mixed array',
      fc
        .array(
          fc.oneof(
            value,
            broken,
            fc.constant(unlisted),
            nested.filter((deep) => deep.length < 5000),
          ),
          { maxLength: 20 },
        )
        .map((items) => `[${items.join(',')}]`),
    ),
  },
  {
    weight: 4,
    arbitrary: labelled(
      'many events',
      fc
        .integer({ min: 2, max: 500 })
        .map(
          (length) =>
            `[${Array.from({ length }, (_, index) => anEvent({ JobId: unlistedJobId, EventId: `"${eventId(index)}"` })).join(',')}]`,
        ),
    ),
  },
  { weight: 5, arbitrary: labelled('any JSON', fc.json({ depthSize: 'large' })) },
  { weight: 5, arbitrary: labelled('any value', value) },
  { weight: 4, arbitrary: labelled('any text', fc.string({ unit: 'binary', maxLength: 200 })) },
  {
    weight: 1,
    arbitrary: labelled(
      'huge',
      fc
        .tuple(
          fc.constantFrom(' ', 'x', '[', '9', '{"a":1},'),
          fc.integer({ min: mebibyte, max: 1.5 * mebibyte }),
        )
        .map(([unit, bytes]) => listed + unit.repeat(bytes / unit.length)),
    ),
  },
);

function labelled(how: string, arbitrary: fc.Arbitrary<string>): fc.Arbitrary<{ how: string; text: string }> {
  return arbitrary.map((changed) => ({ how, text: changed }));
}
