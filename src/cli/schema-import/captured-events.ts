import { type Arrived, openEnvelopes } from '../../events/envelopes/open-envelopes.ts';
import { noHeaders } from '../../events/envelopes/wrapping.ts';
import { parseLosslessJson } from '../../events/lossless-json.ts';

/**
 * `place` is a JSON pointer into the file: the document's number, if there are several, and the place in the
 * document.
 */
export type CapturedEvent = { place: string; value: unknown };

export type Captured =
  | { ok: true; events: CapturedEvent[] }
  /** Says what is wrong, and where, if the file holds several documents. */
  | { ok: false; reason: string };

/**
 * Reads captured deliveries: one JSON document, an array of them, or several in a row, one a line (NDJSON) or
 * longer. Opens envelopes as the service does.
 */
export function parseCaptured(text: string): Captured {
  const parsed = parseDocuments(text.replace(/^\uFEFF/, '').trim());
  if (!parsed.ok) return parsed;
  const { documents } = parsed;
  const events: CapturedEvent[] = [];
  for (const [index, document] of documents.entries()) {
    const prefix = parsed.isList ? `/${index}` : '';
    const opened = openEnvelopes(document, noHeaders);
    if (opened.kind === 'too-many')
      return { ok: false, reason: `${prefix || 'It'} holds ${opened.count} events in one envelope.` };
    for (const arrived of opened.kind === 'one' ? [opened.arrived] : opened.arrived) {
      const place = `${prefix}${arrived.place}${arrived.inside}`;
      if (arrived.kind !== 'event') return { ok: false, reason: `${place || 'It'} ${whyNoEvent(arrived)}.` };
      events.push({ place, value: arrived.value });
    }
  }
  return { ok: true, events };
}

function whyNoEvent(arrived: Exclude<Arrived, { kind: 'event' }>): string {
  return arrived.kind === 'handshake'
    ? "is Event Grid's validation of an endpoint, and not an event"
    : `is an envelope that the service cannot open: ${arrived.violation.pointer} ${arrived.violation.message}`;
}

type Documents = { ok: true; documents: unknown[]; isList: boolean } | { ok: false; reason: string };

function parseDocuments(text: string): Documents {
  if (text === '') return { ok: false, reason: 'It is empty.' };
  const whole = parseLosslessJson(text);
  if (whole.ok) {
    const isList = Array.isArray(whole.value);
    return { ok: true, documents: Array.isArray(whole.value) ? whole.value : [whole.value], isList };
  }
  const parts = splitDocuments(text);
  if (parts.length < 2 || !parseLosslessJson(parts[0] ?? '').ok) return whole;
  const documents: unknown[] = [];
  for (const [index, part] of parts.entries()) {
    const parsed = parseLosslessJson(part);
    if (!parsed.ok) return { ok: false, reason: `Event ${index + 1} of ${parts.length}: ${parsed.reason}` };
    documents.push(parsed.value);
  }
  return { ok: true, documents, isList: true };
}

/** A document ends with the line on which its last bracket closes. */
function splitDocuments(text: string): string[] {
  const parts: string[] = [];
  let lines: string[] = [];
  let depth = 0;
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') continue;
    lines.push(line);
    depth += depthOf(line);
    if (depth > 0) continue;
    parts.push(lines.join('\n'));
    lines = [];
    depth = 0;
  }
  return lines.length === 0 ? parts : [...parts, lines.join('\n')];
}

/**
 * How many brackets a line leaves open. Brackets within text do not count, and no text continues on the next line.
 */
function depthOf(line: string): number {
  const outside = line.replaceAll(/"(?:[^"\\]|\\.)*"/g, '');
  return (outside.match(/[[{]/g)?.length ?? 0) - (outside.match(/[\]}]/g)?.length ?? 0);
}
