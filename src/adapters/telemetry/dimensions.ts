import { scrub } from '../shared/scrub.ts';
import type { Dimensions } from './telemetry-record.ts';

/** As they are sent: as clean text, without those that are null. */
export function toDimensions(given: Readonly<Record<string, string | number | null>>): Dimensions {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === null ? [] : [[name, scrub(String(value))]])),
  );
}
