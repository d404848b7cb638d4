import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { schemaFileName } from '../events/event-name.ts';
import { schemasFolder } from '../settings/imported-schemas.ts';
import { InputError } from './input-error.ts';
import { readCapturedFile } from './read-captured-file.ts';
import { type Import, importSchemas } from './schema-import/import-schemas.ts';

type Options = { event?: string; eventVersion?: { major: number; minor: number }; strict: boolean };

/** Writes the schemas that a file gives, and prints what they accept and what a person should check. */
export function importSchema(file: string, { event, eventVersion, strict }: Options): void {
  if (event !== undefined && !/^[A-Za-z][A-Za-z0-9_]{0,127}$/.test(event)) {
    throw new InputError(
      `--event: found ${JSON.stringify(event)}; expected an id such as BatchJobFailedBusinessEvent.`,
    );
  }
  const fileName = basename(file);
  const events = readCapturedFile(file).map(({ value }) => value);
  const result = importSchemas(events, { event, version: eventVersion, strict, fileName });
  if (result.kind === 'refused') throw new InputError(`${file}: ${result.reason}`);
  for (const imported of result.imports) {
    const path = join(schemasFolder, schemaFileName(imported.name));
    const written = existsSync(path) ? 'written again' : 'written';
    mkdirSync(schemasFolder, { recursive: true });
    writeFileSync(path, `${JSON.stringify(imported.schema, null, 2)}\n`);
    console.log(`${path} ${written}, from ${imported.source}.\n`);
    console.log(describe(imported, strict));
  }
}

function describe({ name, fields, notes }: Import, strict: boolean): string {
  const width = Math.max(...fields.map((field) => field.name.length));
  const rows = fields.map(
    (field) => `  ${field.name.padEnd(width)}  ${field.accepts}${field.isRequired ? ', required' : ''}`,
  );
  const others = strict
    ? 'The service rejects an event with any other field.'
    : 'Other fields are accepted, whatever they hold.';
  const checks = [
    ...notes,
    ...fields.flatMap((field) => (field.check ? [`${field.name}: ${field.check}.`] : [])),
  ];
  return [
    `${name.id} ${name.major}.${name.minor} accepts:`,
    ...rows,
    others,
    '',
    ...(checks.length > 0 ? ['To check:', ...checks.map((check) => `  - ${check}`), ''] : []),
    'Restart the service, or build and deploy it again, to use the schema.',
  ].join('\n');
}
