import { readFileSync } from 'node:fs';
import { InputError } from './input-error.ts';
import { type CapturedEvent, parseCaptured } from './schema-import/captured-events.ts';

/** Reads the events in a file, out of their envelopes, losslessly parsed. Throws an InputError. */
export function readCapturedFile(file: string): readonly CapturedEvent[] {
  const captured = parseCaptured(decode(file, readBytes(file)));
  if (!captured.ok) throw new InputError(`${file}: found text that cannot be read (${captured.reason})`);
  if (captured.events.length === 0)
    throw new InputError(`${file}: found an empty list; expected an event in it.`);
  return captured.events;
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why = causes.get(code) ?? (error instanceof Error ? error.message : String(error));
    throw new InputError(`${file}: it cannot be read (${why}).`);
  }
}

const causes = new Map([
  ['ENOENT', 'there is no such file'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'no permission'],
]);

/** Windows tools also save text as UTF-16, with a byte-order mark. */
function decode(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${file}: found bytes that are not text in UTF-8 or UTF-16.`);
  }
}

function encodingOf([first, second]: Buffer): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
