import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { importSchemas } from '../../../src/cli/schema-import/import-schemas.ts';
import { schemaFileName } from '../../../src/events/event-name.ts';
import { compileImported, createEventSchemas } from '../../../src/events/event-schemas.ts';

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
          result.imports.map(({ name, schema }) => compileImported({ file: schemaFileName(name), schema })),
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
