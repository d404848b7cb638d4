import { scrub } from '../scrub.ts';
import { maxCauseLength } from './cause.ts';

/** Control characters, but for tabs and the ends of lines. */
const control = /[^\P{Cc}\t\n\r]/gu;

/**
 * A text of the telemetry or of an event, as the service keeps it: without e-mail addresses and secrets, cut, and
 * without what other programs refuse in JSON, such as half of a character.
 */
export function plainText(text: string): string {
  return cutText(scrub(text, maxCauseLength).replaceAll(control, ' '));
}

/** A cut may leave half of a character. */
export function cutText(text: string, length = maxCauseLength): string {
  return text.slice(0, length).toWellFormed().trim();
}
