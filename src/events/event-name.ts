/** The event that a schema describes: F&O's BusinessEventId, MajorVersion and MinorVersion. */
export type EventName = { id: string; major: number; minor: number };

/** `BatchJobFailedBusinessEvent`, 1.0 → `batch-job-failed-business-event.1.0.schema.json` */
export function schemaFileName({ id, major, minor }: EventName): string {
  const kebab = id
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .toLowerCase();
  return `${kebab}.${major}.${minor}.schema.json`;
}

/** Reads which event a file in schemas/ describes, with its id as a key; null for other files. */
export function parseSchemaFileName(file: string): { key: string; major: number; minor: number } | null {
  const [, kebab, major, minor] = /^([a-z0-9-]+)\.(\d{1,9})\.(\d{1,9})\.schema\.json$/.exec(file) ?? [];
  return kebab === undefined ? null : { key: eventKey(kebab), major: Number(major), minor: Number(minor) };
}

/** A BusinessEventId without case and punctuation, to compare it with a file's name. */
export function eventKey(id: string): string {
  return id.replaceAll(/[^A-Za-z0-9]+/g, '').toLowerCase();
}

/** Reads an event's own name; a version that is missing or unreadable counts as 0. */
export function eventName(event: Record<string, unknown>): EventName {
  const { BusinessEventId: id, MajorVersion: major, MinorVersion: minor } = event;
  return {
    id: typeof id === 'string' ? id : '',
    major: readVersion(major) ?? 0,
    minor: readVersion(minor) ?? 0,
  };
}

/** Reads a whole number that is not negative, or its digits; null for anything else. */
export function readVersion(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}
