/** F&O's way to say that there is no date: 1900-01-01. */
const noDate = Date.UTC(1900, 0, 1);

/** Reads `/Date(ms)/` or ISO 8601, as F&O writes times; null for none, for 1900-01-01 and for what is no time. */
export function parseFnoTime(value: unknown): Date | null {
  if (typeof value !== 'string') return null;
  const isIso = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/.test(value);
  const milliseconds = /^\/Date\((-?\d{1,15})\)\/$/.exec(value)?.[1];
  if (milliseconds === undefined && !isIso) return null;
  const time = new Date(milliseconds === undefined ? value : Number(milliseconds));
  return Number.isNaN(time.getTime()) || time.getTime() <= noDate ? null : time;
}
