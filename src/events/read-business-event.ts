import type { Failure } from '../domain/failure.ts';
import type { Progress } from '../domain/job/job-event.ts';
import { type EventKind, eventKinds, kindOfStatus } from './event-kind.ts';
import type { EventSchemas } from './event-schemas.ts';
import { readBatchJobFields } from './read-batch-job-fields.ts';
import { isObject, type Violation } from './schema-validator.ts';
import { type UnidentifiedEvent, unidentifiedEvent } from './unidentified-event.ts';

/** The BusinessEventIds that the catalog shows for the four batch events. */
export type EventIds = Record<EventKind, string>;

export type BusinessEvent =
  | ({ kind: 'failed'; failure: Failure } & EventDetails)
  | ({ kind: 'progress'; progress: Progress; event: Failure } & EventDetails)
  | UnidentifiedEvent
  | { kind: 'not-wanted'; eventId: string | null; reason: string }
  | ({ kind: 'invalid'; violations: Violation[] } & VersionNote);

type EventDetails = {
  /** When F&O sent it, by F&O's clock; null if it does not say. */
  occurredAt: Date | null;
  /**
   * The BusinessEventId of an event that only its JobStatus identifies, empty if it has none that is readable; null
   * for any other event.
   */
  unknownBusinessEventId: string | null;
  /** Says, a sentence each, which fields are unreadable and count as missing. Absent if there are none. */
  unreadable?: readonly string[];
} & VersionNote;

/** `unknownVersion` says that no schema is known for the event's version. */
type VersionNote = { unknownVersion?: string };

/** F&O sends a test event with this BusinessEventId when someone activates an endpoint. */
const testEvent = 'BusinessEventsTestEndpointContract';

export function isTestEvent({ BusinessEventId: id }: Record<string, unknown>): boolean {
  return typeof id === 'string' && id.toLowerCase() === testEvent.toLowerCase();
}

/**
 * Identifies a parsed event. `kindOfAddress`, the kind that the endpoint's address names, overrules what the event
 * says. Microsoft does not document the class names of the batch events, so an event with job fields under an
 * unknown BusinessEventId, or without a readable one, is identified by its JobStatus.
 */
export function readBusinessEvent(
  value: unknown,
  ids: EventIds,
  schemas: EventSchemas,
  kindOfAddress: EventKind | null = null,
): BusinessEvent {
  if (!isObject(value)) return invalid('', 'must be an object');
  const eventId = typeof value['EventId'] === 'string' ? value['EventId'].slice(0, 64) : null;
  const notWanted = (reason: string): BusinessEvent => ({ kind: 'not-wanted', eventId, reason });
  if (isTestEvent(value)) return notWanted('The test event that F&O sends when an endpoint is activated.');
  if (kindOfAddress && hasJobField(value, ['JobId', ...otherJobFields])) {
    return readBatchJobEvent(value, kindOfAddress, null, schemas);
  }
  const id = typeof value['BusinessEventId'] === 'string' ? value['BusinessEventId'] : '';
  const named = eventKinds.find((kind) => ids[kind].toLowerCase() === id.toLowerCase());
  if (named) return readBatchJobEvent(value, named, null, schemas);
  const isOfJob = Object.hasOwn(value, 'JobId') && hasJobField(value, otherJobFields);
  const byStatus = isOfJob ? kindOfStatus(value['JobStatus']) : null;
  if (id === '' && byStatus === null) {
    return invalid('/BusinessEventId', 'is required: it says which business event of F&O this is');
  }
  if (!isOfJob) return notWanted('Not an event of a batch job.');
  const businessEventId = id.slice(0, 128).toWellFormed();
  if (byStatus === null) return unidentifiedEvent(value, businessEventId);
  if (byStatus === 'none') {
    return notWanted('Not an event of a batch job that failed, started, finished or was canceled.');
  }
  return readBatchJobEvent(value, byStatus, businessEventId, schemas);
}

/** The fields that every batch event has beside its JobId. */
const otherJobFields = [
  'JobStatus',
  'JobDescription',
  'JobEndUtcDateTime',
  'JobExecutedByEmailId',
  'JobOwnerEmailId',
];

function hasJobField(value: Record<string, unknown>, fields: readonly string[]): boolean {
  return fields.some((field) => Object.hasOwn(value, field));
}

/** A strict schema is enforced in full, and so reports missing required fields too. */
function readBatchJobEvent(
  value: Record<string, unknown>,
  kind: EventKind,
  unknownBusinessEventId: string | null,
  schemas: EventSchemas,
): BusinessEvent {
  const { violations, unknownVersion } = schemas.enforce(value);
  const versionNote: VersionNote = unknownVersion === null ? {} : { unknownVersion };
  if (violations.length > 0) return { kind: 'invalid', violations, ...versionNote };
  const read = readBatchJobFields(value);
  if (read.kind === 'invalid') return { ...read, ...versionNote };
  const { event, occurredAt, unreadable } = read;
  const details: EventDetails = {
    occurredAt,
    unknownBusinessEventId,
    ...(unreadable.length > 0 ? { unreadable } : {}),
    ...versionNote,
  };
  if (kind === 'failed') return { kind, failure: event, ...details };
  return { kind: 'progress', progress: kind === 'cancelled' ? 'canceled' : kind, event, ...details };
}

function invalid(pointer: string, message: string): BusinessEvent {
  return { kind: 'invalid', violations: [{ pointer, message }] };
}
