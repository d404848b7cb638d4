import { maxCauseLength } from '../domain/cause/cause.ts';
import { scrub } from '../domain/scrub.ts';

/**
 * The text in an event's field that says why the run failed, for events that a customer has extended. The name is
 * compared without case, and without Dataverse's prefix. Null if there is none. Nothing secret leaves this function:
 * the text waits in the work queue.
 */
export function readErrorText(value: unknown, field: string | null): string | null {
  if (field === null || typeof value !== 'object' || value === null) return null;
  const wanted = plain(field);
  const found = Object.entries(value).find(([name]) => plain(name) === wanted)?.[1];
  return typeof found === 'string' && found.trim() !== '' ? scrub(found, maxCauseLength) : null;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/^mserp_/, '');
}
