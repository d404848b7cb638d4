import { parseCaptured } from '../../../src/cli/schema-import/captured-events.ts';
import { type Import, importSchemas } from '../../../src/cli/schema-import/import-schemas.ts';
import { compileSchema } from '../../../src/events/schema-validator.ts';

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
  return captured.events.map(({ value }) => value);
}
