/** A field's time. `at` is null if the field says that there is none. */
export type FnoTime = { kind: 'time'; at: Date | null } | { kind: 'unreadable' };

/** F&O writes 1900-01-01 where there is no date. */
const noDate = Date.UTC(1900, 0, 1);

/**
 * Reads a time as F&O and intermediaries write it:
 * - `/Date(ms)/`; an offset after the milliseconds does not move the instant;
 * - ISO 8601, with seconds at least, in UTC unless it names an offset;
 * - seconds (10 digits) or milliseconds (13 digits) since 1970, as a number or as text.
 *
 * Null, an empty text, 0 and 1900-01-01 mean that there is no time. A time without seconds is unreadable: compared
 * with it, F&O's own times would seem to belong to another run.
 */
export function readFnoTime(value: unknown): FnoTime {
  const text = typeof value === 'number' ? String(value) : value;
  if (text === null || text === undefined) return none;
  if (typeof text !== 'string') return unreadable;
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === '0') return none;
  const ms = msOf(trimmed);
  if (ms === null || Number.isNaN(new Date(ms).getTime())) return unreadable;
  return ms <= noDate ? none : { kind: 'time', at: new Date(ms) };
}

/** As readFnoTime, but null for an unreadable time too. */
export function parseFnoTime(value: unknown): Date | null {
  const read = readFnoTime(value);
  return read.kind === 'time' ? read.at : null;
}

const none: FnoTime = { kind: 'time', at: null };
const unreadable: FnoTime = { kind: 'unreadable' };

function msOf(text: string): number | null {
  const inDate = /^\/Date\((-?\d{1,15})([+-]\d{4})?\)\/$/.exec(text)?.[1];
  if (inDate !== undefined) return Number(inDate);
  if (/^-?\d{13}$/.test(text)) return Number(text);
  if (/^-?\d{10}(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  return msOfIso(text);
}

function msOfIso(text: string): number | null {
  const iso =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?) ?(?:(Z)|([+-]\d{2})(?::?(\d{2}))?)?$/i;
  const [, date, time, utc, hours, minutes = '00'] = iso.exec(text) ?? [];
  if (date === undefined || time === undefined) return null;
  const zone = utc !== undefined || hours === undefined ? 'Z' : `${hours}:${minutes}`;
  return Date.parse(`${date}T${time}${zone}`);
}
