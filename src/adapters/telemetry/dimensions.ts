import { scrub } from '../../domain/scrub.ts';
import type { Dimensions } from './telemetry-record.ts';

export type Fields = Readonly<Record<string, string | number | boolean | Date | null>>;

/** Fields as they are sent: as clean text, without those that are null. */
export function toDimensions(fields: Fields): Dimensions {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, textOf(value)]])),
  );
}

/** Those fields that the catalogue has sent. */
export function sentFields(fields: Fields, line: { dimensions: Readonly<Record<string, boolean>> }): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => line.dimensions[name] === true));
}

function textOf(value: NonNullable<Fields[string]>): string {
  return value instanceof Date ? value.toISOString() : scrub(String(value));
}
