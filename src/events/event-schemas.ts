import type { AnySchemaObject } from 'ajv';
import shippedSchema from '../../schemas/batch-job-failed.schema.json' with { type: 'json' };
import { eventKey, eventName, parseSchemaFileName } from './event-name.ts';
import { compileSchema, type SchemaValidator, type Violation } from './schema-validator.ts';

export type EventSchemas = {
  /** Holds an event to the schema of its BusinessEventId and version, or to the newest known of that id. */
  check: (event: Record<string, unknown>) => CheckedEvent;
  /** As `check`, but only a strict schema finds violations: one that allows no fields that it does not name. */
  hold: (event: Record<string, unknown>) => Pick<CheckedEvent, 'violations' | 'unknownVersion'>;
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

type Known = {
  file: string;
  key: string | null;
  major: number;
  minor: number;
  isStrict: boolean;
  validate: SchemaValidator;
};

/**
 * The shipped schema serves every batch event in version 0.0, and each that has no schema of its own. Throws if
 * an imported schema is no JSON Schema, or its file's name is none.
 */
export function createEventSchemas(imported: readonly ImportedSchema[]): EventSchemas {
  let shipped: SchemaValidator | undefined;
  const known: Known[] = imported.map(({ file, schema }) => {
    const name = parseSchemaFileName(file);
    if (!name) throw new Error('Its name is not <event>.<major>.<minor>.schema.json');
    const isStrict = schema['additionalProperties'] === false;
    return { file, ...name, isStrict, validate: compileSchema(withNeededFields(schema)) };
  });
  known.push({
    file: shippedSchema.$id,
    key: null,
    major: 0,
    minor: 0,
    isStrict: false,
    validate: (event) => (shipped ??= compileSchema(shippedSchema))(event),
  });

  const find = (event: Record<string, unknown>): { known: Known; unknownVersion: string | null } => {
    const { id, major, minor } = eventName(event);
    const ofEvent = known.filter(({ key }) => key === null || key === eventKey(id));
    const exact = ofEvent.find((schema) => schema.major === major && schema.minor === minor);
    if (exact) return { known: exact, unknownVersion: null };
    const newest = ofEvent.reduce((a, b) =>
      b.major > a.major || (b.major === a.major && b.minor > a.minor) ? b : a,
    );
    const unknownVersion =
      `${id.slice(0, 128)} comes in version ${major}.${minor}, for which there is no schema: ` +
      `it is held to ${newest.file}. Import the schema of that version (schema import).`;
    return { known: newest, unknownVersion };
  };

  return {
    check: (event) => {
      const {
        known: { file, validate },
        unknownVersion,
      } = find(event);
      return { violations: validate(event), schema: file, unknownVersion };
    },
    hold: (event) => {
      const {
        known: { isStrict, validate },
        unknownVersion,
      } = find(event);
      return { violations: isStrict ? validate(event) : [], unknownVersion };
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
