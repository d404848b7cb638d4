import type { AnySchemaObject } from 'ajv';
import {
  type EventFields,
  type FieldKind,
  knownFields,
  neededFields,
  timePattern,
} from '../../events/event-fields.ts';
import { type EventName, schemaFileName } from '../../events/event-name.ts';

/** A field of an inferred schema, in words for a person. */
type FieldRemark = { name: string; accepts: string; isRequired: boolean; check: string | null };

export type InferredSchema = { schema: AnySchemaObject; fields: FieldRemark[] };

/**
 * Infers a JSON Schema (draft-07) that accepts what F&O really sends in these fields, and all values that it is
 * inferred from, except in the needed fields. `strict` rejects any other field. Pure.
 */
export function inferSchema(name: EventName, found: EventFields, strict: boolean): InferredSchema {
  const all = new Map<string, ReadonlySet<FieldKind>>(found);
  for (const [field, kinds] of neededFields) all.set(field, kinds);
  for (const [field, kinds] of knownFields) {
    const seen = found.get(field);
    if (seen) all.set(field, new Set([...kinds, ...seen]));
  }
  const sorted = [...all].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const properties = Object.fromEntries(sorted.map(([field, kinds]) => [field, schemaOf(field, kinds)]));
  const used = JSON.stringify(properties);
  const definitions = Object.entries(shared).filter(([key]) => used.includes(`"#/definitions/${key}"`));
  return {
    schema: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      $id: schemaFileName(name),
      title: `${name.id} ${name.major}.${name.minor}`,
      description:
        'A business event of a batch job in F&O. Inferred from what the catalog gives as its schema, or from events, and widened to what F&O really sends.',
      type: 'object',
      required: [...neededFields.keys()],
      additionalProperties: !strict,
      definitions: Object.fromEntries(definitions),
      properties,
    },
    fields: sorted.map(([field, kinds]) => remark(field, kinds, found.get(field))),
  };
}

/** `number` lists whole numbers of 64 bits separately, because they come as a bigint. */
const shared: Record<string, AnySchemaObject> = {
  text: { type: ['string', 'null'] },
  int64: { type: 'integer', format: 'int64' },
  number: { description: 'a number', anyOf: [{ type: 'integer', format: 'int64' }, { type: 'number' }] },
  time: {
    description: 'a time: /Date(milliseconds since 1970)/ or ISO 8601',
    type: ['string', 'null'],
    pattern: timePattern,
  },
  guid: {
    description: 'a GUID',
    type: 'string',
    pattern: '^\\{?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\\}?$',
  },
};

type Part = 'text' | 'guid' | 'time' | 'int64' | 'number' | 'boolean' | 'array' | 'object' | 'null';

const words: Record<Part, string> = {
  text: 'text or null',
  guid: 'a GUID',
  time: 'a time (/Date(ms)/ or ISO 8601) or null',
  int64: 'a whole number of 64 bits',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list or null',
  object: 'an object or null',
  null: 'null',
};

const nullable: Part[] = ['array', 'object', 'text', 'time'];

const jsonTypes = new Map<Part, string>([
  ['array', 'array'],
  ['boolean', 'boolean'],
  ['object', 'object'],
  ['text', 'string'],
  ['null', 'null'],
]);

function schemaOf(field: string, kinds: ReadonlySet<FieldKind>): AnySchemaObject {
  if (field === 'BusinessEventId') return { type: 'string', minLength: 1 };
  const parts = partsOf(kinds);
  if (parts === null) return { description: 'anything' };
  const [first] = parts;
  if (parts.length === 1 && first !== undefined && first in shared) return { $ref: `#/definitions/${first}` };
  if (parts.every((part) => jsonTypes.has(part))) {
    const types = parts.map((part) => jsonTypes.get(part)).filter((type) => type !== 'null');
    const isNullable = !(parts.length === 1 && first === 'boolean');
    return { type: isNullable ? [...types, 'null'] : types[0] };
  }
  const choices = parts.map((part) => {
    const type = jsonTypes.get(part);
    return type === undefined || part === 'text' ? { $ref: `#/definitions/${part}` } : { type };
  });
  return { description: wordsOf(parts), anyOf: choices };
}

/** Null if any value is allowed: a field that was only ever null shows nothing of its other values. */
function partsOf(kinds: ReadonlySet<FieldKind>): Part[] | null {
  if (kinds.has('any') || [...kinds].every((kind) => kind === 'null')) return null;
  const isNumber = kinds.has('number') || (kinds.has('zero') && !kinds.has('int64'));
  const parts = new Set<Part>();
  for (const part of ['array', 'boolean', 'object', 'text', 'guid'] as const)
    if (kinds.has(part)) parts.add(part);
  if (kinds.has('time') && !kinds.has('text')) parts.add('time');
  if (isNumber) parts.add('number');
  else if (kinds.has('int64')) parts.add('int64');
  const isNullable = nullable.some((part) => parts.has(part));
  if (kinds.has('null') && (!isNullable || parts.size > 1)) parts.add('null');
  return [...parts];
}

function remark(
  name: string,
  kinds: ReadonlySet<FieldKind>,
  seen: ReadonlySet<FieldKind> = new Set(),
): FieldRemark {
  const parts = partsOf(kinds);
  const isRequired = neededFields.has(name);
  const accepts = name === 'BusinessEventId' ? 'text' : parts === null ? 'anything' : wordsOf(parts);
  const known = knownFields.get(name);
  const check = known ? checkOfKnown(known, seen) : checkOf(kinds, parts);
  return { name, accepts, isRequired, check: isRequired ? null : check };
}

function checkOfKnown(known: ReadonlySet<FieldKind>, seen: ReadonlySet<FieldKind>): string | null {
  const others = [...seen].filter((kind) => !known.has(kind) && kind !== 'zero' && kind !== 'null');
  return others.length > 0 ? 'values were seen that F&O is not known to send: they are accepted too' : null;
}

function wordsOf(parts: readonly Part[]): string {
  const all = parts.flatMap((part) => words[part].split(' or '));
  return [...new Set(all)].toSorted((a, b) => Number(a === 'null') - Number(b === 'null')).join(' or ');
}

/** What a person should check, because the values that were seen do not show it. */
function checkOf(kinds: ReadonlySet<FieldKind>, parts: readonly Part[] | null): string | null {
  if (parts === null) return 'only null was seen, so anything is accepted';
  if (kinds.has('zero') && !kinds.has('int64') && !kinds.has('number')) {
    return 'only 0 was seen, which may stand for a whole number or not: both are accepted';
  }
  if (parts.includes('array') || parts.includes('object')) return 'what is inside is not checked';
  if (parts.filter((part) => part !== 'null').length > 1) {
    return 'values of more than one kind were seen: all are accepted';
  }
  if (parts.includes('int64')) return 'only whole numbers were seen: one with decimals does not fit';
  return parts.includes('time') ? 'only times were seen: any other text does not fit' : null;
}
