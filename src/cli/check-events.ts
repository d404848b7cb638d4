import { readEventIds } from '../config.ts';
import { readBusinessEvent } from '../events/read-business-event.ts';
import { isObject } from '../events/schema-validator.ts';
import { readEventSchemas, schemasFolder } from '../imported-schemas.ts';
import { readCapturedFile } from './read-captured-file.ts';

/** Reads captured events as the service does, and prints where each breaks its schema. */
export function checkEvents(file: string): void {
  const events = readCapturedFile(file);
  const schemas = readEventSchemas(schemasFolder);
  const ids = readEventIds(process.env);
  let broken = 0;
  for (const [index, value] of events.entries()) {
    const at = events.length === 1 ? '' : `/${index}`;
    const event = readBusinessEvent(value, ids, schemas);
    const by = isObject(value) && event.kind !== 'not-wanted' ? schemas.check(value).schema : null;
    if (event.kind === 'invalid') {
      broken += 1;
      const places = event.violations.map(({ pointer, message }) => `  ${at}${pointer} ${message}`);
      console.log([`${at || 'The event'} breaks ${by ?? 'what every event must be'}:`, ...places].join('\n'));
    } else if (event.kind === 'not-wanted') {
      console.log(`${at || 'The event'} is held to no schema: ${event.reason}`);
    } else {
      console.log(`${at || 'The event'} fits ${by}.`);
    }
    if ('unknownVersion' in event) console.log(`  Note: ${event.unknownVersion}`);
  }
  console.log(`${events.length} checked, ${broken} refused.`);
  if (broken > 0) process.exitCode = 1;
}
