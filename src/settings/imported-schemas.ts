import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSchemaFileName } from '../events/event-name.ts';
import {
  compileImported,
  createEventSchemas,
  type EventSchemas,
  type KnownSchema,
} from '../events/event-schemas.ts';
import { parseLosslessJson } from '../events/lossless-json.ts';
import { isObject } from '../events/schema-validator.ts';
import { SettingsError } from './settings-error.ts';

/** The folder, in the working directory, that `schema import` writes to and the service reads. */
export const schemasFolder = 'schemas';

/** The shipped schema alone. */
export const noSchemas: EventSchemas = createEventSchemas([]);

/** Reads the shipped schema and the imported ones in a folder, which need not exist. Throws a SettingsError. */
export function readEventSchemas(folder: string): EventSchemas {
  const problems: string[] = [];
  const imported: KnownSchema[] = [];
  for (const file of filesIn(folder).filter((name) => parseSchemaFileName(name) !== null)) {
    try {
      imported.push(compileImported({ file, schema: readSchema(join(folder, file)) }));
    } catch (error) {
      const found = error instanceof Error ? error.message.slice(0, 200) : String(error);
      problems.push(
        `${folder}/${file}: found a file that is not a JSON Schema (${found}); import it again, or delete it.`,
      );
    }
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return createEventSchemas(imported);
}

function readSchema(path: string): Record<string, unknown> {
  const json = parseLosslessJson(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  if (!json.ok) throw new Error(json.reason);
  if (!isObject(json.value)) throw new Error('not an object');
  return json.value;
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}
