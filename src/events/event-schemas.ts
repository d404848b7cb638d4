import type { AnySchemaObject } from 'ajv';
import shippedSchema from '../../schemas/batch-job-failed.schema.json' with { type: 'json' };
import { eventKey, eventName, parseSchemaFileName } from './event-name.ts';
import { compileSchema, type SchemaValidator, type Violation } from './schema-validator.ts';

export type EventSchemas = {
  /**
   * Validates an event against the schema of its BusinessEventId and version, or against the newest one of that id.
   */
  check: (event: Record<string, unknown>) => CheckedEvent;
  /**
   * As `check`, but reports violations of strict schemas only: those that allow no fields beyond the ones they
   * name.
   */
  enforce: (event: Record<string, unknown>) => Pick<CheckedEvent, 'violations' | 'unknownVersion'>;
};

type CheckedEvent = {
  violations: Violation[];
  /** The schema's file. */
  schema: string;
  /** Says in a sentence that this version has no schema; null if it has one. */
  unknownVersion: string | null;
};

/** A schema that `schema import` wrote, under its file's name. */
type ImportedSchema = { file: string; schema: AnySchemaObject };

export type KnownSchema = {
  file: string;
  key: string | null;
  major: number;
  minor: number;
  isStrict: boolean;
  validate: SchemaValidator;
};

/** Throws if it is not a JSON Schema, or if its file's name does not name an event. */
export function compileImported({ file, schema }: ImportedSchema): KnownSchema {
  const name = parseSchemaFileName(file);
  if (!name) throw new Error('Its name is not <event>.<major>.<minor>.schema.json');
  const isStrict = schema['additionalProperties'] === false;
  return { file, ...name, isStrict, validate: compileSchema(withNeededFields(schema)) };
}

/** The shipped schema serves version 0.0 of every batch event, and each event without a schema of its own. */
export function createEventSchemas(imported: readonly KnownSchema[]): EventSchemas {
  let shipped: SchemaValidator | undefined;
  const known: KnownSchema[] = [...imported];
  known.push({
    file: shippedSchema.$id,
    key: null,
    major: 0,
    minor: 0,
    isStrict: false,
    validate: (event) => (shipped ??= compileSchema(shippedSchema))(event),
  });

  const find = (event: Record<string, unknown>): { known: KnownSchema; unknownVersion: string | null } => {
    const { id, major, minor } = eventName(event);
    const ofEvent = known.filter(({ key }) => key === null || key === eventKey(id));
    const exact = ofEvent.find((schema) => schema.major === major && schema.minor === minor);
    if (exact) return { known: exact, unknownVersion: null };
    const newest = ofEvent.reduce((a, b) =>
      b.major > a.major || (b.major === a.major && b.minor > a.minor) ? b : a,
    );
    const unknownVersion =
      `${id.slice(0, 128)} has version ${major}.${minor}, for which there is no schema: ` +
      `the service validates it against ${newest.file}. Import the schema of that version (schema import).`;
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
    enforce: (event) => {
      const {
        known: { isStrict, validate },
        unknownVersion,
      } = find(event);
      return { violations: isStrict ? validate(event) : [], unknownVersion };
    },
  };
}

/** An edited schema cannot drop the fields that the service needs. */
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
