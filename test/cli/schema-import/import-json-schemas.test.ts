import { expect, test } from 'vitest';
import { recorded } from '../../events/recorded-event.ts';
import { importOne, violations } from './import-text.ts';

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
