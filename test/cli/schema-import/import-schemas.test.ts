import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCaptured } from '../../../src/cli/schema-import/captured-events.ts';
import { type Import, importSchemas } from '../../../src/cli/schema-import/import-schemas.ts';
import { schemaFileName } from '../../../src/events/event-name.ts';
import { createEventSchemas } from '../../../src/events/event-schemas.ts';
import { compileSchema } from '../../../src/events/schema-validator.ts';

const sample = readFileSync(
  new URL('../../../schemas/batch-job-failed.sample.json', import.meta.url),
  'utf8',
);
const recorded = readFileSync(new URL('../../fixtures/batch-job-failed.json', import.meta.url), 'utf8');
const testEvent =
  '{"BusinessEventId":"BusinessEventsTestEndpointContract","BusinessEventLegalEntity":"001","ControlNumber":-9223372036854775808,"EventId":"8D1220EB-E514-4E35-844E-E062DEF0C05D"}';

test('the schema of the published sample accepts a realistic event', () => {
  expect(violations(importOne(sample), recorded)).toEqual([]);
});

test.each([
  ['without JobId', { JobId: undefined }, '/JobId', 'is required'],
  ['with JobId as text', { JobId: '5637611083' }, '/JobId', 'must be a whole number of 64 bits'],
  ['with a null JobId', { JobId: null }, '/JobId', 'must be a whole number of 64 bits'],
  ['without EventId', { EventId: undefined }, '/EventId', 'is required'],
  [
    'with an end that is no date',
    { JobEndUtcDateTime: 'yesterday' },
    '/JobEndUtcDateTime',
    'must be a time: /Date(milliseconds since 1970)/ or ISO 8601',
  ],
])(
  'the schema of the published sample refuses an event %s, with the place',
  (_what, changes, pointer, message) => {
    const event = JSON.stringify({ ...JSON.parse(recorded), ...changes });
    expect(violations(importOne(sample), event)).toEqual([{ pointer, message }]);
  },
);

test.each([
  ['null in each text', { JobDescription: null, AdminEmailId: null, JobStatus: null }],
  ['null for its parents', { ParentContextRecordSubjects: null }],
  ['an ISO time with seven decimals', { JobEndUtcDateTime: '2026-03-02T01:01:01.1234567Z' }],
  ['fields of a newer version', { JobCategory: { deep: [1] } }],
])('the schema of the published sample accepts an event with %s', (_what, changes) => {
  expect(violations(importOne(sample), JSON.stringify({ ...JSON.parse(recorded), ...changes }))).toEqual([]);
});

test('the schema of the published sample takes every digit of an int64', () => {
  const imported = importOne(sample);
  const largest = recorded.replace('5637611083', '9223372036854775807');
  expect(violations(imported, largest)).toEqual([]);
  expect(violations(imported, largest.replace('775807', '775808'))).toMatchObject([{ pointer: '/JobId' }]);
});

test('a strict schema refuses a field that its sample does not have, with the place', () => {
  const [imported] = importAll(sample, { strict: true });
  if (!imported) throw new Error('nothing was imported');
  expect(violations(imported, recorded)).toEqual([]);
  const newer = JSON.stringify({ ...JSON.parse(recorded), 'Error/Text': 'x' });
  expect(violations(imported, newer)).toEqual([{ pointer: '/Error~1Text', message: 'is not known here' }]);
});

test('a sample does not name its event: the file does, and without it the event is a failed one', () => {
  const idOf = (fileName: string, event?: string) => importAll(sample, { fileName, event })[0]?.name.id;
  expect(idOf('Batch job finished.txt')).toBe('BatchJobFinishedBusinessEvent');
  expect(idOf('BatchJobStarted.json')).toBe('BatchJobStartedBusinessEvent');
  expect(idOf('cancelled')).toBe('BatchJobCancelledBusinessEvent');
  expect(idOf('schema (1).json')).toBe('BatchJobFailedBusinessEvent');
  expect(idOf('Batch job finished.txt', 'ContosoJobDone')).toBe('ContosoJobDone');
  expect(importAll(sample, { fileName: 'x' })[0]?.notes).toEqual([
    expect.stringMatching(/taken as BatchJobFailedBusinessEvent.*--event/),
  ]);
});

test('what a sample does not tell is accepted, and is to be checked', () => {
  const more = sample
    .replace('}\n', '}')
    .replace(/\}$/, ',"Amount":0,"Extra":null,"Tasks":[{"Id":1}],"Count":7}');
  const imported = importOne(more);
  const checks = imported.fields.flatMap(({ name, check }) => (check === null ? [] : [`${name}: ${check}`]));
  expect(checks).toEqual([
    'Amount: only 0 was seen, which may stand for a whole number or not: both are accepted',
    'Count: only whole numbers were seen: one with decimals does not fit',
    'Extra: only null was seen, so anything is accepted',
    'Tasks: what is inside is not checked',
  ]);
  const event = { ...JSON.parse(recorded), Amount: 1.5, Extra: { a: 1 }, Tasks: null, Count: 1 };
  expect(violations(imported, JSON.stringify(event))).toEqual([]);
  expect(violations(imported, JSON.stringify({ ...event, Amount: 'x', Count: 1.5 }))).toEqual([
    { pointer: '/Amount', message: 'must be a number' },
    { pointer: '/Count', message: 'must be a whole number of 64 bits' },
  ]);
});

test('a value that F&O is not known to send is accepted, and is to be checked', () => {
  const odd = JSON.stringify({
    ...JSON.parse(recorded),
    JobEndUtcDateTime: 'yesterday',
    ControlNumber: null,
  });
  const imported = importOne(odd);
  expect(violations(imported, odd)).toEqual([]);
  expect(imported.fields.filter(({ check }) => check !== null)).toEqual([
    {
      name: 'JobEndUtcDateTime',
      accepts: 'text or null',
      isRequired: false,
      check: 'values were seen that F&O is not known to send: they are accepted too',
    },
  ]);
});

test('captured events give one schema for each event and version, and the test event none', () => {
  const newer = JSON.stringify({ ...JSON.parse(recorded), MajorVersion: 1, MinorVersion: 2, ErrorText: 'x' });
  const finished = recorded.replace('JobFailed', 'JobFinished').replaceAll('\n', '');
  const lines = [
    recorded.replaceAll('\n', ''),
    testEvent,
    newer,
    finished,
    recorded.replaceAll('\n', ''),
  ].join('\n');
  const imports = importAll(lines);
  expect(imports.map(({ name, source }) => [schemaFileName(name), source])).toEqual([
    ['batch-job-failed-business-event.0.0.schema.json', '2 events'],
    ['batch-job-failed-business-event.1.2.schema.json', 'one sample or event'],
    ['batch-job-finished-business-event.0.0.schema.json', 'one sample or event'],
  ]);
  expect(imports[0]?.notes).toEqual(['Test events were left out.']);
});

test('values of more than one kind are all accepted, and others refused in one line', () => {
  const events = [1, 'x', null].map((value) => JSON.stringify({ ...JSON.parse(recorded), Mixed: value }));
  const imported = importOne(`[${events.join(',')}]`);
  for (const event of events) expect(violations(imported, event)).toEqual([]);
  expect(violations(imported, JSON.stringify({ ...JSON.parse(recorded), Mixed: [] }))).toEqual([
    { pointer: '/Mixed', message: 'must be text or a whole number of 64 bits or null' },
  ]);
});

const generated: [draft: string, schema: object][] = [
  [
    'draft 4, with a list of events',
    {
      $schema: 'http://json-schema.org/draft-04/schema#',
      type: 'array',
      items: { $ref: '#/definitions/Event' },
      definitions: {
        Event: {
          type: 'object',
          additionalProperties: false,
          properties: {
            BusinessEventId: { type: 'string', enum: [''] },
            EventId: { type: 'string' },
            JobId: { type: 'integer', minimum: 0, exclusiveMinimum: true },
            JobDescription: { type: 'string' },
            JobEndUtcDateTime: { type: 'string' },
            ParentContextRecordSubjects: { type: 'null' },
          },
        },
      },
    },
  ],
  [
    'draft 6, as a reference to its own definitions',
    {
      $schema: 'http://json-schema.org/draft-06/schema#',
      $ref: '#/definitions/Welcome',
      definitions: {
        Welcome: {
          type: 'object',
          properties: {
            BusinessEventId: { type: 'string' },
            EventId: { type: 'string', format: 'uuid' },
            JobId: { type: 'integer' },
            JobDescription: { anyOf: [{ type: 'string' }, { type: 'null' }] },
            JobEndUtcDateTime: { type: 'string' },
            ParentContextRecordSubjects: { type: 'null' },
          },
          required: ['BusinessEventId', 'JobDescription'],
        },
      },
    },
  ],
  [
    'draft 2020-12, with $defs and lists of types',
    {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      allOf: [{ $ref: '#/$defs/head' }],
      type: 'object',
      properties: {
        JobId: { $ref: '#/$defs/id' },
        JobDescription: { type: ['string', 'null'], minLength: 1 },
        JobEndUtcDateTime: { type: 'string', format: 'date-time' },
        ParentContextRecordSubjects: { oneOf: [{ type: 'null' }, { type: 'array' }] },
      },
      $defs: {
        id: { type: 'integer' },
        head: {
          properties: { BusinessEventId: { const: '' }, EventId: { $ref: '#/$defs/nowhere' } },
          allOf: [{ $ref: '#/$defs/head' }],
        },
      },
    },
  ],
];

test.each(generated)('a JSON Schema of %s is taken for its types alone', (_draft, schema) => {
  const imported = importOne(JSON.stringify(schema));
  expect(imported.source).toBe('a JSON Schema');
  expect(violations(imported, recorded)).toEqual([]);
  const broken = { ...JSON.parse(recorded), JobId: '1', JobDescription: 1, JobEndUtcDateTime: 'x' };
  expect(violations(imported, JSON.stringify(broken)).map(({ pointer }) => pointer)).toEqual([
    '/JobDescription',
    '/JobEndUtcDateTime',
    '/JobId',
  ]);
});

test('what a generator adds to a type is left out, and named', () => {
  const imported = importOne(JSON.stringify(generated[0]?.[1]));
  expect(imported.notes[1]).toBe(
    'Left out, because it would refuse other events: /properties/BusinessEventId/enum, /properties/JobId/minimum.',
  );
});

test.each([
  ['a list of numbers', '[1]', /^It holds no JSON object\.$/],
  ['an event and a text', `[${recorded},"x"]`, /^The value at \/1 is not a JSON object\.$/],
  ['an event of something else', '{"BusinessEventId":"X","EventId":"Y"}', /no field JobId/],
  ['a schema of something else', '{"properties":{"a":{"type":"string"}}}', /no field BusinessEventId/],
  ['an event among others', `[${recorded},{"BusinessEventId":"X"}]`, /^At \/1: It has no field EventId/],
  ['only the test event', testEvent, /only test events/],
])('%s is refused, with the reason', (_what, text, reason) => {
  const result = importSchemas(valuesOf(text), {
    event: undefined,
    version: undefined,
    strict: false,
    fileName: '',
  });
  expect(result).toEqual({ kind: 'refused', reason: expect.stringMatching(reason) });
});

const eventValues = fc.dictionary(
  fc.string({ maxLength: 8 }).filter((name) => name !== '__proto__'),
  fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt(),
    fc.integer(),
    fc.double(),
    fc.date({ noInvalidDate: true }).map((at) => at.toISOString()),
    fc.integer().map((ms) => `/Date(${ms})/`),
  ),
  { maxKeys: 6 },
);
const needed = fc.record({
  BusinessEventId: fc.constantFrom('BatchJobFailedBusinessEvent', 'Contoso_Failed'),
  EventId: fc.uuid(),
  JobId: fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.maxSafeInteger()),
  ControlNumber: fc.oneof(fc.integer(), fc.jsonValue({ maxDepth: 1 })),
  JobEndUtcDateTime: fc.oneof(fc.constant('/Date(-2208988800000)/'), fc.jsonValue({ maxDepth: 1 })),
});

test.each(['constructor', 'valueOf', 'toString'])('a field may be called %s', (name) => {
  const event = JSON.stringify({ ...JSON.parse(recorded), [name]: 'x' });
  expect(violations(importOne(event), recorded)).toEqual([]);
  expect(violations(importOne(event), event)).toEqual([]);
  expect(violations(importOne(event), event.replace('"x"', '1'))).toMatchObject([{ pointer: `/${name}` }]);
});

test('whatever events a schema is inferred from, it accepts each of them, strictly too', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(eventValues, needed), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      (pairs, strict) => {
        const events = pairs.map(([others, own]) => ({ ...others, ...own }));
        const options = { event: undefined, version: undefined, strict, fileName: '' };
        const result = importSchemas(events, options);
        if (result.kind === 'refused') throw new Error(result.reason);
        const schemas = createEventSchemas(
          result.imports.map(({ name, schema }) => ({ file: schemaFileName(name), schema })),
        );
        for (const event of events) expect(schemas.check(event).violations).toEqual([]);
      },
    ),
    { numRuns: 25 },
  );
});

test('whatever is to be imported, it is imported or refused', () => {
  const keys = fc.constantFrom(
    'properties',
    '$ref',
    'items',
    'allOf',
    'type',
    'BusinessEventId',
    'EventId',
    'JobId',
  );
  const { document } = fc.letrec<{ document: unknown }>((tie) => ({
    document: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<unknown>('#', '#/properties', 'integer', 'x', null, 0, true),
      fc.array(tie('document'), { maxLength: 3 }),
      fc.dictionary(keys, tie('document'), { maxKeys: 4 }),
    ),
  }));
  const options = { event: undefined, version: undefined, strict: false, fileName: '' };
  fc.assert(
    fc.property(document, (value) => {
      expect(['imported', 'refused']).toContain(importSchemas([value], options).kind);
    }),
  );
});

function importOne(text: string): Import {
  const [imported, ...others] = importAll(text);
  if (!imported || others.length > 0) throw new Error('not one schema');
  return imported;
}

function importAll(
  text: string,
  options: { event?: string | undefined; strict?: boolean; fileName?: string } = {},
): Import[] {
  const result = importSchemas(valuesOf(text), {
    event: undefined,
    version: undefined,
    strict: false,
    fileName: 'failed.json',
    ...options,
  });
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.imports;
}

function violations({ schema }: Import, event: string) {
  return compileSchema(schema)(valuesOf(event)[0]);
}

function valuesOf(text: string): unknown[] {
  const captured = parseCaptured(text);
  if (!captured.ok) throw new Error(captured.reason);
  return captured.values;
}
