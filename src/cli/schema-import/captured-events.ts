import { parseLosslessJson } from '../../events/lossless-json.ts';

export type Captured =
  { ok: true; values: unknown[]; form: 'one' | 'array' | 'lines' } | { ok: false; reason: string };

/** Reads captured events: one JSON document, an array of them, or one a line (NDJSON). */
export function parseCaptured(text: string): Captured {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  if (trimmed === '') return { ok: false, reason: 'It is empty.' };
  const whole = parseLosslessJson(trimmed);
  if (whole.ok) {
    return Array.isArray(whole.value)
      ? { ok: true, values: whole.value, form: 'array' }
      : { ok: true, values: [whole.value], form: 'one' };
  }
  const lines = trimmed.split(/\r?\n/).filter((line) => line.trim() !== '');
  const first = parseLosslessJson(lines[0] ?? '');
  if (lines.length < 2 || !first.ok) return whole;
  const values: unknown[] = [];
  for (const [index, line] of lines.entries()) {
    const parsed = parseLosslessJson(line);
    if (!parsed.ok) return { ok: false, reason: `Event ${index + 1} of ${lines.length}: ${parsed.reason}` };
    values.push(parsed.value);
  }
  return { ok: true, values, form: 'lines' };
}
