import type { AnySchemaObject } from 'ajv';
import shippedSchema from '../../schemas/batch-job-failed.schema.json' with { type: 'json' };
import { eventKey, eventName, parseSchemaFileName } from './event-name.ts';
import { compileSchema, type SchemaValidator, type Violation } from './schema-validator.ts';

export type EventSchemas = {
  /** Holds an event to the schema of its BusinessEventId and version, or to the newest known of that id. */
  check: (event: Record<string, unknown>) => CheckedEvent;
};

type CheckedEvent = {
  violations: Violation[];
  /** The file of the schema. */
  schema: string;
  /** Says that no schema is known for this version; null if one is. */
  unknownVersion: string | null;
};

/** A schema that `schema import` wrote, under its file's name. */
export type ImportedSchema = { file: string; schema: AnySchemaObject };

type Known = { file: string; key: string | null; major: number; minor: number; validate: SchemaValidator };

/**
 * The shipped schema serves every batch event in version 0.0, and each that has no schema of its own. Throws if
 * an imported schema is no JSON Schema, or its file's name is none.
 */
export function createEventSchemas(imported: readonly ImportedSchema[]): EventSchemas {
  let shipped: SchemaValidator | undefined;
  const known: Known[] = imported.map(({ file, schema }) => {
    const name = parseSchemaFileName(file);
    if (!name) throw new Error('Its name is not <event>.<major>.<minor>.schema.json');
    return { file, ...name, validate: compileSchema(withNeededFields(schema)) };
  });
  known.push({
    file: shippedSchema.$id,
    key: null,
    major: 0,
    minor: 0,
    validate: (event) => (shipped ??= compileSchema(shippedSchema))(event),
  });

  return {
    check: (event) => {
      const { id, major, minor } = eventName(event);
      const ofEvent = known.filter(({ key }) => key === null || key === eventKey(id));
      const exact = ofEvent.find((schema) => schema.major === major && schema.minor === minor);
      const newest = ofEvent.reduce((a, b) =>
        b.major > a.major || (b.major === a.major && b.minor > a.minor) ? b : a,
      );
      const { file, validate } = exact ?? newest;
      return {
        violations: validate(event),
        schema: file,
        unknownVersion: exact
          ? null
          : `${id.slice(0, 128)} comes in version ${major}.${minor}, for which there is no schema: ` +
            `it is held to ${file}. Import the schema of that version (schema import).`,
      };
    },
  };
}

/** What the service reads cannot be left out by a schema that somebody edited. */
function withNeededFields(schema: AnySchemaObject): AnySchemaObject {
  const { BusinessEventId, EventId, JobId } = shippedSchema.properties;
  const { guid, int64 } = shippedSchema.definitions;
  return {
    ...schema,
    required: [...new Set([...(schema['required'] ?? []), ...shippedSchema.required])],
    definitions: { ...schema['definitions'], guid, int64 },
    properties: { ...schema['properties'], BusinessEventId, EventId, JobId },
  };
}
