/** What a field says of a time. `at` is null if it says that there is none. */
export type FnoTime = { kind: 'time'; at: Date | null } | { kind: 'unreadable' };

/** F&O's way to say that there is no date: 1900-01-01. */
const noDate = Date.UTC(1900, 0, 1);

/**
 * Reads a time as F&O and what stands between write it:
 * - `/Date(ms)/`; an offset behind the milliseconds does not move the instant;
 * - ISO 8601, to the second at least, in UTC unless it says otherwise;
 * - seconds (10 digits) or milliseconds (13 digits) since 1970, as a number or as text.
 *
 * None is null, an empty text, 0, and 1900-01-01. A time without seconds is unreadable: F&O's own times would seem
 * to be of another run.
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

/** As readFnoTime; null also for what is unreadable. */
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
