import { readFileSync } from 'node:fs';
import { parseCaptured } from '../../../src/cli/schema-import/captured-events.ts';
import { type Import, importSchemas } from '../../../src/cli/schema-import/import-schemas.ts';
import { compileSchema } from '../../../src/events/schema-validator.ts';

export const sample = readFileSync(
  new URL('../../../schemas/batch-job-failed.sample.json', import.meta.url),
  'utf8',
);

export const recorded = readFileSync(
  new URL('../../fixtures/batch-job-failed.json', import.meta.url),
  'utf8',
);

export const testEvent =
  '{"BusinessEventId":"BusinessEventsTestEndpointContract","BusinessEventLegalEntity":"001","ControlNumber":-9223372036854775808,"EventId":"8D1220EB-E514-4E35-844E-E062DEF0C05D"}';

export function importOne(text: string): Import {
  const [imported, ...others] = importAll(text);
  if (!imported || others.length > 0) throw new Error('not one schema');
  return imported;
}

export function importAll(
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

/** Where the event breaks the imported schema, and how. */
export function violations({ schema }: Import, event: string) {
  return compileSchema(schema)(valuesOf(event)[0]);
}

export function valuesOf(text: string): unknown[] {
  const captured = parseCaptured(text);
  if (!captured.ok) throw new Error(captured.reason);
  return captured.values;
}
