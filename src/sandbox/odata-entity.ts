import type { JsonObject } from './json.ts';

/** How a property is compared in `$filter`; a property without one cannot be filtered. */
export type FilterField<Row> =
  /** Only eq and ne, by the enum's name for its values. */
  | { kind: 'enum'; name: string; values: readonly string[]; of: (row: Row) => string }
  /** Only eq. */
  | { kind: 'int64'; of: (row: Row) => string }
  /** Only eq, where `*` replaces any characters. */
  | { kind: 'text'; of: (row: Row) => string }
  | { kind: 'time'; of: (row: Row) => Date | null };

export type FilterFields<Row> = Readonly<Record<string, FilterField<Row>>>;

/** A row's place in any order of the list. It stays valid if the row is deleted or changes meanwhile. */
export interface Place {
  readonly id: bigint;
  /** EndDateTime in milliseconds. */
  readonly endedAt: number;
}

/** An entity that OData shows as a list. */
export interface ODataEntity<Row> {
  /** The name in addresses: 'BatchJobs'. */
  readonly set: string;
  /** The name in $metadata: 'BatchJob'. */
  readonly type: string;
  readonly key: string;
  /** Every property, with its type in $metadata. */
  readonly properties: Readonly<Record<string, string>>;
  readonly filterFields: FilterFields<Row>;
  write(row: Row): JsonObject;
  placeOf(row: Row): Place;
}

/** F&O has no null dates: 1900-01-01 means none. */
const noDate = new Date('1900-01-01T00:00:00Z');

/** A time as entities show it, and as their filters compare it: in whole seconds. */
export function shownTime(at: Date | null): Date {
  return at ? new Date(Math.floor(at.getTime() / 1000) * 1000) : noDate;
}

export function isoSeconds(at: Date | null): string {
  return `${shownTime(at).toISOString().slice(0, 19)}Z`;
}

/** The chosen properties in the entity's own order; all if nothing is chosen. */
export function selectProperties(entity: JsonObject, select: readonly string[] | null): JsonObject {
  if (!select) return entity;
  return Object.fromEntries(Object.entries(entity).filter(([name]) => select.includes(name)));
}
