import { isInt64 } from '../domain/job-id.ts';
import { isObject } from './schema-validator.ts';

/**
 * The type of a field's values. `zero` may stand for a whole number or for one with decimals: a sample has 0 for
 * both.
 */
export type FieldKind =
  'text' | 'guid' | 'time' | 'int64' | 'zero' | 'number' | 'boolean' | 'array' | 'object' | 'null' | 'any';

export type EventFields = ReadonlyMap<string, ReadonlySet<FieldKind>>;

/** F&O writes times as `/Date(ms)/` or in ISO 8601. */
export const timePattern =
  '^(/Date\\(-?[0-9]{1,15}\\)/|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2}))$';

const time = new RegExp(timePattern);

/** The service needs these fields: each is required, whatever a sample holds in its place. */
export const neededFields: EventFields = fields({
  BusinessEventId: ['text'],
  EventId: ['guid'],
  JobId: ['int64'],
});

/**
 * What F&O sends in the fields that are known. A sample shows less: it has 0, an empty text or null in their place,
 * and real events carry `[]` where it has null.
 */
export const knownFields: EventFields = fields({
  ControlNumber: ['int64'],
  EventTime: ['time'],
  EventTimeIso8601: ['time'],
  InitiatingUserAADObjectId: ['text'],
  JobEndUtcDateTime: ['time'],
  MajorVersion: ['int64'],
  MinorVersion: ['int64'],
  ParentContextRecordSubjects: ['array', 'text', 'null'],
});

/** Collects the fields of losslessly parsed events, each with the types of all its values. */
export function fieldsOf(events: readonly Record<string, unknown>[]): EventFields {
  const found = new Map<string, Set<FieldKind>>();
  for (const event of events) {
    for (const [name, value] of Object.entries(event)) {
      found.set(name, (found.get(name) ?? new Set()).add(kindOf(value)));
    }
  }
  return found;
}

function kindOf(value: unknown): FieldKind {
  if (value === null) return 'null';
  if (typeof value === 'string') return time.test(value) ? 'time' : 'text';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'bigint') return isInt64(value) ? 'int64' : 'any';
  if (typeof value === 'number') return kindOfNumber(value);
  if (Array.isArray(value)) return 'array';
  return isObject(value) ? 'object' : 'any';
}

function kindOfNumber(value: number): FieldKind {
  if (value === 0) return 'zero';
  if (Number.isSafeInteger(value)) return 'int64';
  return Number.isFinite(value) ? 'number' : 'any';
}

function fields(kinds: Record<string, FieldKind[]>): EventFields {
  return new Map(Object.entries(kinds).map(([name, list]) => [name, new Set(list)]));
}
