import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseCaptured } from '../../src/cli/schema-import/captured-events.ts';
import { importSchemas } from '../../src/cli/schema-import/import-schemas.ts';
import { schemaFileName } from '../../src/events/event-name.ts';
import { readEventSchemas } from '../../src/settings/imported-schemas.ts';

const recorded = readFileSync(new URL('../fixtures/batch-job-failed.json', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'batch-retry-schemas-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('an event is held to the schema of its id and version, without case', () => {
  const schemas = readEventSchemas(aFolder([{ MajorVersion: 1 }, { BusinessEventId: 'Contoso_JobFailed' }]));
  expect(schemas.check(anEvent({ MajorVersion: 1 }))).toEqual({
    violations: [],
    schema: 'batch-job-failed-business-event.1.0.schema.json',
    unknownVersion: null,
  });
  expect(schemas.check(anEvent({ BusinessEventId: 'CONTOSO_JOBFAILED' }))).toMatchObject({
    schema: 'contoso-job-failed.0.0.schema.json',
    unknownVersion: null,
  });
});

test('an event of version 0.0 is held to the shipped schema, whatever it is called', () => {
  const schemas = readEventSchemas(aFolder([{ MajorVersion: 1 }]));
  for (const BusinessEventId of ['BatchJobFailedBusinessEvent', 'BatchJobStartedBusinessEvent']) {
    expect(schemas.check(anEvent({ BusinessEventId }))).toEqual({
      violations: [],
      schema: 'batch-job-failed.schema.json',
      unknownVersion: null,
    });
  }
});

test('an event of an unknown version is held to the newest known of its id, and it is said', () => {
  const schemas = readEventSchemas(
    aFolder([
      { MajorVersion: 1, MinorVersion: 9 },
      { MajorVersion: 1, MinorVersion: 10 },
    ]),
  );
  expect(schemas.check(anEvent({ MajorVersion: 2 }))).toMatchObject({
    schema: 'batch-job-failed-business-event.1.10.schema.json',
    unknownVersion: expect.stringMatching(
      /^BatchJobFailedBusinessEvent has version 2\.0, .*1\.10\.schema\.json/,
    ),
  });
  expect(schemas.check(anEvent({ BusinessEventId: 'Other', MajorVersion: 2 }))).toMatchObject({
    schema: 'batch-job-failed.schema.json',
    unknownVersion: expect.stringContaining('Other has version 2.0'),
  });
});

test('what the service needs is required, also by a schema that somebody edited', () => {
  const path = aFolder([{}]);
  const file = join(path, 'batch-job-failed-business-event.0.0.schema.json');
  writeFileSync(file, '{"type":"object","properties":{"JobId":{"type":"string"}}}');
  const { JobId: _jobId, ...without } = anEvent({ EventId: 'x' });
  expect(readEventSchemas(path).check(without).violations).toEqual([
    { pointer: '/JobId', message: 'is required' },
    { pointer: '/EventId', message: 'must be a GUID' },
  ]);
});

test.each([
  ['no JSON', '{'],
  ['no object', '[]'],
  ['no schema', '{"type":"everything"}'],
  ['a schema with a keyword that is none', '{"typo":1}'],
])('a file with %s is named, with what to do', (_what, text) => {
  const path = aFolder([]);
  writeFileSync(join(path, 'x.0.0.schema.json'), text);
  expect(() => readEventSchemas(path)).toThrow(
    /x\.0\.0\.schema\.json: found a file that is not a JSON Schema \(.+\); import it again/,
  );
});

test('other files, and a folder that is not there, are passed over', () => {
  const path = aFolder([]);
  writeFileSync(join(path, 'retry-policy.schema.json'), '{');
  writeFileSync(join(path, 'notes.txt'), 'x');
  for (const where of [path, join(folder, 'nowhere')]) {
    expect(readEventSchemas(where).check(anEvent()).schema).toBe('batch-job-failed.schema.json');
  }
});

let folders = 0;

/** A folder with a schema inferred from each of the recorded event's variants. */
function aFolder(variants: Record<string, unknown>[]): string {
  const path = join(folder, String(folders++));
  mkdirSync(path);
  const options = { event: undefined, version: undefined, strict: false, fileName: '' };
  for (const variant of variants) {
    const result = importSchemas([anEvent(variant)], options);
    if (result.kind === 'refused') throw new Error(result.reason);
    for (const { name, schema } of result.imports) {
      writeFileSync(join(path, schemaFileName(name)), JSON.stringify(schema));
    }
  }
  return path;
}

function anEvent(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const captured = parseCaptured(recorded);
  if (!captured.ok) throw new Error(captured.reason);
  return { ...Object.assign({}, captured.events[0]?.value), ...changes };
}
