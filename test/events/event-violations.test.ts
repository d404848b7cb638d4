import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import schema from '../../schemas/batch-job-failed.schema.json' with { type: 'json' };
import { importSchemas } from '../../src/cli/schema-import/import-schemas.ts';
import { schemaFileName } from '../../src/events/event-name.ts';
import { compileImported, createEventSchemas } from '../../src/events/event-schemas.ts';
import { readBusinessEvent } from '../../src/events/read-business-event.ts';
import { compileSchema, isObject } from '../../src/events/schema-validator.ts';
import { ids, parse, read, recorded, recordedWith, sample } from './recorded-event.ts';

test('an event of a job that finished is held to the same schema', () => {
  const BusinessEventId = 'BatchJobFinishedBusinessEvent';
  expect(read(recordedWith({ BusinessEventId, JobId: undefined }))).toEqual({
    kind: 'invalid',
    violations: [{ pointer: '/JobId', message: 'is required' }],
  });
});

test.each([
  ['JobId is missing', { JobId: undefined }, '/JobId', 'is required'],
  ['JobId is null', { JobId: null }, '/JobId', 'must be a whole number of 64 bits'],
  ['JobId is a fraction', { JobId: 1.5 }, '/JobId', 'must be a whole number of 64 bits'],
  ['JobId is text with a blank', { JobId: ' 5' }, '/JobId', 'must be a whole number of 64 bits'],
  ['JobId is text with leading zeros', { JobId: '007' }, '/JobId', 'must be a whole number of 64 bits'],
  [
    'JobId is text beyond 64 bits',
    { JobId: '9223372036854775808' },
    '/JobId',
    'must be a whole number of 64 bits',
  ],
  ['JobId is a list', { JobId: [5] }, '/JobId', 'must be a whole number of 64 bits'],
  ['EventId is missing', { EventId: undefined }, '/EventId', 'is required'],
  ['EventId is a number', { EventId: 5 }, '/EventId', 'must be text of 1 to 64 characters'],
  ['EventId is blank', { EventId: '  ' }, '/EventId', 'must be text of 1 to 64 characters'],
  ['EventId is too long', { EventId: 'x'.repeat(65) }, '/EventId', 'must be text of 1 to 64 characters'],
])('%s: a violation with its place', (_what, changes, pointer, message) => {
  expect(read(recordedWith(changes))).toEqual({ kind: 'invalid', violations: [{ pointer, message }] });
});

test('a null EventId is a violation at its place', () => {
  const event = read(recordedWith({ EventId: null }));
  expect(event).toMatchObject({ kind: 'invalid', violations: [{ pointer: '/EventId' }] });
});

test.each(['9223372036854775808', '-9223372036854775809', '1e400', '9'.repeat(1000)])(
  'a JobId beyond 64 bits is a violation: %s',
  (digits) => {
    expect(read(recorded.replace('5637611083', digits))).toEqual({
      kind: 'invalid',
      violations: [{ pointer: '/JobId', message: 'must be a whole number of 64 bits' }],
    });
  },
);

test('every violation is named, not only the first', () => {
  const event = read(recordedWith({ JobId: undefined, EventId: 5, JobEndUtcDateTime: '' }));
  const pointers = event.kind === 'invalid' ? event.violations.map(({ pointer }) => pointer) : [];
  expect(pointers.toSorted()).toEqual(['/EventId', '/JobId']);
});

test.each([['[]'], ['null'], ['5'], ['"BatchJobFailedBusinessEvent"'], ['9223372036854775807']])(
  '%s is no object, and so no event',
  (text) => {
    expect(read(text)).toEqual({
      kind: 'invalid',
      violations: [{ pointer: '', message: 'must be an object' }],
    });
  },
);

test.each([['{}'], ['{"BusinessEventId":null}'], ['{"BusinessEventId":5}'], ['{"BusinessEventId":""}']])(
  '%s does not say what it is: a violation',
  (text) => {
    expect(read(text)).toMatchObject({ kind: 'invalid', violations: [{ pointer: '/BusinessEventId' }] });
  },
);

test('a schema that was imported as strict refuses every deviation', () => {
  const result = importSchemas([parse(recorded)].filter(isObject), {
    event: undefined,
    version: undefined,
    strict: true,
    fileName: '',
  });
  if (result.kind === 'refused') throw new Error(result.reason);
  const strict = createEventSchemas(
    result.imports.map(({ name, schema: inferred }) =>
      compileImported({ file: schemaFileName(name), schema: inferred }),
    ),
  );
  const readStrictly = (changes: object) =>
    readBusinessEvent(parse(recordedWith({ ...changes })), ids, strict);
  expect(readStrictly({})).toMatchObject({ kind: 'failed' });
  for (const changes of [{ New: 1 }, { JobEndUtcDateTime: '' }, { JobId: '5' }, { EventId: 'E1' }]) {
    expect(readStrictly(changes)).toMatchObject({
      kind: 'invalid',
      violations: [{ pointer: `/${Object.keys(changes)[0]}` }],
    });
  }
});

test('the schema is one that a plain draft-07 validator can use, on what its numbers can hold', () => {
  const ajv = new Ajv({ validateFormats: false, allowUnionTypes: true });
  expect(ajv.validateSchema(schema)).toBe(true);
  const validate = ajv.compile(schema);
  expect(validate(JSON.parse(recorded))).toBe(true);
  expect(validate(JSON.parse(recordedWith({ JobId: '5' })))).toBe(false);
  expect(validate(JSON.parse(recordedWith({ EventId: 'x' })))).toBe(false);
});

test('the schema knows every field of the published sample', () => {
  expect(Object.keys(schema.properties)).toEqual(Object.keys(JSON.parse(sample)));
});

test('a place is a JSON pointer into what was validated', () => {
  const validate = compileSchema({
    type: 'object',
    properties: { list: { type: 'array', items: { type: 'integer', format: 'int64' } } },
  });
  expect(validate({ list: [1, 2n ** 63n - 1n, 2n ** 63n, 'x'] })).toEqual([
    { pointer: '/list/2', message: 'must be a whole number of 64 bits' },
    { pointer: '/list/3', message: 'must be a whole number of 64 bits' },
  ]);
});
