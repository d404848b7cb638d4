import { readFileSync } from 'node:fs';
import { InputError } from './input-error.ts';
import { parseCaptured } from './schema-import/captured-events.ts';

/** Reads the JSON documents in a file, losslessly parsed. Throws an InputError. */
export function readCapturedFile(file: string): readonly unknown[] {
  const captured = parseCaptured(decode(file, readBytes(file)));
  if (!captured.ok) throw new InputError(`${file}: found text that is not JSON (${captured.reason})`);
  if (captured.values.length === 0)
    throw new InputError(`${file}: found an empty list; expected an event in it.`);
  return captured.values;
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
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${file}: found bytes that are not text in UTF-8.`);
  }
}
