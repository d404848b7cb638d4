/** F&O's way to say that there is no date: 1900-01-01. */
const noDate = Date.UTC(1900, 0, 1);

/** Reads `/Date(ms)/` or ISO 8601, as F&O writes times; null for none, for 1900-01-01 and for what is no time. */
export function parseFnoTime(value: unknown): Date | null {
  if (typeof value !== 'string') return null;
  const milliseconds = /^\/Date\((-?\d{1,15})\)\/$/.exec(value)?.[1];
  const time = new Date(milliseconds === undefined ? value : Number(milliseconds));
  return Number.isNaN(time.getTime()) || time.getTime() <= noDate ? null : time;
}
