import { type EventFields, fieldsOf, neededFields } from '../../events/event-fields.ts';
import { type EventName, eventName } from '../../events/event-name.ts';
import { isTestEvent } from '../../events/read-business-event.ts';
import { isObject } from '../../events/schema-validator.ts';
import { inferSchema, type InferredSchema } from './infer-schema.ts';
import { isJsonSchema, jsonSchemaFields } from './json-schema-fields.ts';

export type ImportOptions = {
  /** The BusinessEventId and version, where the document does not say them. */
  event: string | undefined;
  version: { major: number; minor: number } | undefined;
  strict: boolean;
  /** The document's file name, which may name the event. */
  fileName: string;
};

export type Import = {
  name: EventName;
  /** Says in words what the schema was inferred from. */
  source: string;
  notes: string[];
} & InferredSchema;

export type ImportResult = { kind: 'imported'; imports: Import[] } | { kind: 'refused'; reason: string };

/**
 * Infers one schema from a sample or a JSON Schema, or one for each BusinessEventId and version of captured events.
 * Pure.
 */
export function importSchemas(values: readonly unknown[], options: ImportOptions): ImportResult {
  const objects = values.filter(isObject);
  const [first] = objects;
  if (first === undefined) return { kind: 'refused', reason: 'It holds no JSON object.' };
  if (objects.length < values.length) {
    const index = values.findIndex((value) => !isObject(value));
    return { kind: 'refused', reason: `The value at /${index} is not a JSON object.` };
  }
  if (objects.length === 1 && isJsonSchema(first)) return importJsonSchema(first, options);
  return importEvents(objects, options);
}

function importJsonSchema(document: Record<string, unknown>, options: ImportOptions): ImportResult {
  const { fields, leftOut } = jsonSchemaFields(document);
  const missing = missingField(fields);
  if (missing !== null) return { kind: 'refused', reason: notOfBatchJob(missing) };
  const { major, minor } = options.version ?? { major: 0, minor: 0 };
  const notes = options.version
    ? []
    : ['A JSON Schema does not say its version: taken as 0.0. --event-version sets it.'];
  if (leftOut.length > 0) {
    notes.push(`Left out, because it would refuse other events: ${leftOut.join(', ')}.`);
  }
  const named = nameOf('', options);
  notes.push(...named.notes);
  const name = { id: named.id, major, minor };
  return {
    kind: 'imported',
    imports: [{ name, source: 'a JSON Schema', notes, ...inferSchema(name, fields, options.strict) }],
  };
}

function importEvents(events: readonly Record<string, unknown>[], options: ImportOptions): ImportResult {
  const wanted = events.filter((event) => !isTestEvent(event));
  const groups = new Map<string, { name: EventName; notes: string[]; events: Record<string, unknown>[] }>();
  for (const event of wanted) {
    const missing = missingField(fieldsOf([event]));
    if (missing !== null) {
      const where = events.length === 1 ? '' : `At /${events.indexOf(event)}: `;
      return { kind: 'refused', reason: `${where}${notOfBatchJob(missing)}` };
    }
    const ownName = eventName(event);
    const named = nameOf(ownName.id, options);
    const name = { ...ownName, ...options.version, id: named.id };
    const key = JSON.stringify([name.id.toLowerCase(), name.major, name.minor]);
    const group = groups.get(key) ?? { name, notes: named.notes, events: [] };
    groups.set(key, group);
    group.events.push(event);
  }
  if (groups.size === 0)
    return { kind: 'refused', reason: 'It holds only test events, which have no schema.' };
  return {
    kind: 'imported',
    imports: [...groups.values()].map(({ name, notes, events: ofName }) => ({
      name,
      source: ofName.length === 1 ? 'one sample or event' : `${ofName.length} events`,
      notes: [...notes, ...(wanted.length < events.length ? ['Test events were left out.'] : [])],
      ...inferSchema(name, fieldsOf(ofName), options.strict),
    })),
  };
}

function missingField(fields: EventFields): string | null {
  return [...neededFields.keys()].find((name) => !fields.has(name)) ?? null;
}

function notOfBatchJob(missing: string): string {
  return `It has no field ${missing}, which every event of a batch job has.`;
}

/** The catalog's sample leaves BusinessEventId empty. */
function nameOf(ownId: string, { event, fileName }: ImportOptions): { id: string; notes: string[] } {
  if (event !== undefined) return { id: event, notes: [] };
  if (ownId !== '') return { id: ownId, notes: [] };
  const [kind, pattern] = kinds.find(([, pattern]) => pattern.test(fileName)) ?? ['Failed', null];
  const id = `BatchJob${kind}BusinessEvent`;
  const why = pattern === null ? 'because the service is about those' : "from the file's name";
  return {
    id,
    notes: [
      `It does not name its event: taken as ${id}, ${why}. --event sets the BusinessEventId that the catalog shows.`,
    ],
  };
}

const kinds: [kind: string, pattern: RegExp][] = [
  ['Failed', /fail/i],
  ['Finished', /finish/i],
  ['Started', /start/i],
  ['Cancelled', /cancel/i],
];
