import { int64Digits } from './json.ts';
import type { Place } from './odata-entity.ts';

export type Order = 'id' | 'earliest-end-first' | 'latest-end-first';

/** Negative if `one` comes first. Rows that ended in the same second follow their ids. */
export function comparePlaces(one: Place, other: Place, order: Order): number {
  const byEnd = order === 'id' ? 0 : one.endedAt - other.endedAt;
  if (byEnd !== 0) return order === 'latest-end-first' ? -byEnd : byEnd;
  if (one.id === other.id) return 0;
  return one.id < other.id ? -1 : 1;
}

export function writePlace({ id, endedAt }: Place): string {
  return `${id}_${endedAt}`;
}

/** Null for a text that `writePlace` did not write. */
export function parsePlace(text: string): Place | null {
  const [id = '', endedAt = '', more] = text.split('_');
  const digits = int64Digits(id);
  if (digits === null || more !== undefined || !/^-?\d+$/.test(endedAt)) return null;
  return { id: BigInt(digits), endedAt: Number(endedAt) };
}
