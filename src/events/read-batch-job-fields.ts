import type { Failure } from '../domain/failure.ts';
import { readVersion } from './event-name.ts';
import { readFnoTime } from './fno-time.ts';
import { readInt64, readJobId } from './read-int64.ts';
import type { Violation } from './schema-validator.ts';
import { unreadableField } from './unreadable-field.ts';

/** A batch job's event. `unreadable` says, in words, which fields were left out and why. */
export type BatchJobFields =
  | { kind: 'read'; event: Failure; occurredAt: Date | null; unreadable: string[] }
  | { kind: 'invalid'; violations: Violation[] };

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads an event of a batch job. Only EventId and JobId must be readable. No other field makes an event invalid:
 * nobody would restart that failed job.
 */
export function readBatchJobFields(value: Fields): BatchJobFields {
  const eventId = readEventId(value['EventId']);
  const jobId = readJobId(value['JobId']);
  if (eventId === null || jobId === null) return { kind: 'invalid', violations: violationsOf(value) };
  const unreadable: string[] = [];
  const fields = readerOf(value, unreadable);
  fields.version('MajorVersion');
  fields.version('MinorVersion');
  return {
    kind: 'read',
    event: {
      eventId,
      jobId,
      description: fields.text('JobDescription').slice(0, 1000),
      legalEntity: fields.text('BusinessEventLegalEntity').slice(0, 100),
      endedAt: fields.time('JobEndUtcDateTime'),
      controlNumber: fields.int64('ControlNumber'),
    },
    occurredAt: fields.time('EventTimeIso8601') ?? fields.time('EventTime'),
    unreadable,
  };
}

const maxEventIdLength = 64;

const guid = /^\{?([0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12})\}?$/;

/** Writes a GUID in upper case without braces. Keeps any other text of up to 64 characters as it is. */
export function readEventId(value: unknown): string | null {
  if (typeof value !== 'string' || value.trim() === '' || value.length > maxEventIdLength) return null;
  return guid.exec(value.toUpperCase())?.[1] ?? value.toWellFormed();
}

const needed = [
  { field: 'JobId', read: readJobId, expected: 'must be a whole number of 64 bits' },
  { field: 'EventId', read: readEventId, expected: `must be text of 1 to ${maxEventIdLength} characters` },
];

function violationsOf(value: Fields): Violation[] {
  return needed
    .filter(({ field, read }) => read(value[field]) === null)
    .map(({ field, expected }) => ({
      pointer: `/${field}`,
      message: value[field] === undefined ? 'is required' : expected,
    }));
}

/** Reads fields, and notes each one that has a value but is unreadable. */
function readerOf(value: Fields, unreadable: string[]) {
  const hasValue = (field: string) =>
    value[field] !== undefined && value[field] !== null && value[field] !== '';
  const note = (field: string, expected: string) => {
    unreadable.push(unreadableField(field, value[field], expected));
  };
  return {
    text(field: string): string {
      const found = value[field];
      if (typeof found === 'string') return found.toWellFormed();
      if (typeof found === 'number' || typeof found === 'bigint') return String(found);
      if (hasValue(field)) note(field, 'text');
      return '';
    },
    time(field: string): Date | null {
      const read = readFnoTime(value[field]);
      if (read.kind === 'time') return read.at;
      note(field, 'a time');
      return null;
    },
    int64(field: string): string | null {
      const read = readInt64(value[field]);
      if (read === null && hasValue(field)) note(field, 'a whole number of 64 bits');
      return read;
    },
    version(field: string): void {
      if (hasValue(field) && readVersion(value[field]) === null) note(field, 'a version');
    },
  };
}
