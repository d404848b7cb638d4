import type { EventSchemas } from '../events/event-schemas.ts';
import { type BusinessEvent, readBusinessEvent } from '../events/read-business-event.ts';
import { isObject, type Violation } from '../events/schema-validator.ts';
import { reasonOfUnidentified } from '../events/unidentified-event.ts';
import { readEventIds } from '../settings/config.ts';
import { readEventSchemas, schemasFolder } from '../settings/imported-schemas.ts';
import { readCapturedFile } from './read-captured-file.ts';

type Verdict = 'fits' | 'deviates' | 'refused';

/**
 * Reads captured events as the service does, and prints where each breaks its schema. Sets exit code 1 if the
 * service would reject one; with `strict`, also if one breaks its schema in a field that decides nothing.
 */
export function checkEvents(file: string, { strict }: { strict: boolean }): void {
  const events = readCapturedFile(file);
  const schemas = readEventSchemas(schemasFolder);
  const ids = readEventIds(process.env);
  const verdicts = events.map(({ value, place }) => {
    const event = readBusinessEvent(value, ids, schemas);
    return printEvent(value, event, schemas, strict, place);
  });
  const count = (verdict: Verdict) => verdicts.filter((one) => one === verdict).length;
  const deviating = count('deviates') > 0 ? `, ${count('deviates')} acted on though they do not fit` : '';
  console.log(`${events.length} checked, ${count('refused')} refused${deviating}.`);
  if (count('refused') > 0) process.exitCode = 1;
}

function printEvent(
  value: unknown,
  event: BusinessEvent,
  schemas: EventSchemas,
  strict: boolean,
  at: string,
): Verdict {
  const name = at || 'The event';
  if (event.kind === 'not-wanted') {
    console.log(`${name} needs no schema: ${event.reason}`);
    return 'fits';
  }
  if (event.kind === 'unidentified') console.log(`${name}: ${reasonOfUnidentified(event)}`);
  const held = isObject(value) ? schemas.check(value) : null;
  const violations = merge(event.kind === 'invalid' ? event.violations : [], held?.violations ?? []);
  const verdict = verdictOn(event, violations, strict);
  const schema = held?.schema ?? 'what every event must be';
  const places = violations.map(({ pointer, message }) => `  ${at}${pointer} ${message}`);
  console.log([`${name} ${headings[verdict](schema)}`, ...places].join('\n'));
  if ('unknownVersion' in event) console.log(`  Note: ${event.unknownVersion}`);
  return verdict;
}

function verdictOn(event: BusinessEvent, violations: readonly Violation[], strict: boolean): Verdict {
  if (violations.length === 0) return 'fits';
  return event.kind === 'invalid' || strict ? 'refused' : 'deviates';
}

const headings: Record<Verdict, (schema: string) => string> = {
  fits: (schema) => `fits ${schema}.`,
  deviates: (schema) => `is acted on, though it breaks ${schema}:`,
  refused: (schema) => `breaks ${schema}:`,
};

/** Both may report the same place: the schema's message says more. */
function merge(needed: readonly Violation[], bySchema: readonly Violation[]): Violation[] {
  const places = new Set(bySchema.map(({ pointer }) => pointer));
  return [...needed.filter(({ pointer }) => !places.has(pointer)), ...bySchema];
}
