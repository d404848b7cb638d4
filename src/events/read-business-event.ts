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
  | ({ kind: 'failed'; failure: Failure } & Told)
  | ({ kind: 'progress'; progress: Progress; event: Failure } & Told)
  | UnidentifiedEvent
  | { kind: 'not-wanted'; eventId: string | null; reason: string }
  | ({ kind: 'invalid'; violations: Violation[] } & HeldTo);

type Told = {
  /** When F&O sent it, by F&O's clock; null if it does not say. */
  occurredAt: Date | null;
  /** Names an event that is told by its JobStatus alone. */
  unknownBusinessEventId: string | null;
  /** Says of fields that could not be read that they are taken as not told. Missing if there are none. */
  unreadable?: readonly string[];
} & HeldTo;

/** `unknownVersion` says that no schema is known for the event's version. */
type HeldTo = { unknownVersion?: string };

/** What F&O sends when an endpoint is activated, under this BusinessEventId. */
const testEvent = 'BusinessEventsTestEndpointContract';

export function isTestEvent({ BusinessEventId: id }: Record<string, unknown>): boolean {
  return typeof id === 'string' && id.toLowerCase() === testEvent.toLowerCase();
}

/**
 * Tells what a parsed event is. `told` is what the address says that came by it: it counts whatever the event says.
 * The class names of the batch events are not documented, so an event with Job fields under an unknown
 * BusinessEventId is told by its JobStatus.
 */
export function readBusinessEvent(
  value: unknown,
  ids: EventIds,
  schemas: EventSchemas,
  told: EventKind | null = null,
): BusinessEvent {
  if (!isObject(value)) return invalid('', 'must be an object');
  const eventId = typeof value['EventId'] === 'string' ? value['EventId'].slice(0, 64) : null;
  const notWanted = (reason: string): BusinessEvent => ({ kind: 'not-wanted', eventId, reason });
  if (isTestEvent(value)) return notWanted('The test event that F&O sends when an endpoint is activated.');
  if (told && hasJobField(value, ['JobId', ...otherJobFields])) {
    return readBatchJobEvent(value, told, null, schemas);
  }
  const id = value['BusinessEventId'];
  if (typeof id !== 'string' || id === '') {
    return invalid('/BusinessEventId', 'is required: a business event of F&O names itself here');
  }
  const named = eventKinds.find((kind) => ids[kind].toLowerCase() === id.toLowerCase());
  if (named) return readBatchJobEvent(value, named, null, schemas);
  if (!('JobId' in value) || !hasJobField(value, otherJobFields)) {
    return notWanted('Not an event of a batch job.');
  }
  const businessEventId = id.slice(0, 128).toWellFormed();
  const byStatus = kindOfStatus(value['JobStatus']);
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

/** A schema that was imported as strict is held to in full: it finds what the needed fields lack, too. */
function readBatchJobEvent(
  value: Record<string, unknown>,
  kind: EventKind,
  unknownBusinessEventId: string | null,
  schemas: EventSchemas,
): BusinessEvent {
  const { violations, unknownVersion } = schemas.hold(value);
  const heldTo: HeldTo = unknownVersion === null ? {} : { unknownVersion };
  if (violations.length > 0) return { kind: 'invalid', violations, ...heldTo };
  const read = readBatchJobFields(value);
  if (read.kind === 'invalid') return { ...read, ...heldTo };
  const { event, occurredAt, unreadable } = read;
  const told: Told = {
    occurredAt,
    unknownBusinessEventId,
    ...(unreadable.length > 0 ? { unreadable } : {}),
    ...heldTo,
  };
  if (kind === 'failed') return { kind, failure: event, ...told };
  return { kind: 'progress', progress: kind === 'cancelled' ? 'canceled' : kind, event, ...told };
}

function invalid(pointer: string, message: string): BusinessEvent {
  return { kind: 'invalid', violations: [{ pointer, message }] };
}
