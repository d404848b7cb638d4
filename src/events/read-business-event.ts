import type { Failure } from '../policy/failure.ts';
import { parseJobId } from '../policy/job-id.ts';
import type { Progress } from '../policy/take-progress.ts';
import type { EventSchemas } from './event-schemas.ts';
import { parseFnoTime } from './fno-time.ts';
import { isObject, type Violation } from './schema-validator.ts';

/** The BusinessEventIds that the catalog shows for the four batch events. */
export type EventIds = { failed: string; finished: string; started: string; cancelled: string };

export type BusinessEvent =
  | ({ kind: 'failed'; failure: Failure; unknownBusinessEventId: string | null } & HeldTo)
  | ({ kind: 'progress'; progress: Progress; event: Failure; unknownBusinessEventId: string | null } & HeldTo)
  | { kind: 'not-wanted'; eventId: string | null; reason: string }
  | ({ kind: 'invalid'; violations: Violation[] } & HeldTo);

/** `unknownVersion` says that no schema is known for the event's version. */
type HeldTo = { unknownVersion?: string };

/** What F&O sends when an endpoint is activated, under this BusinessEventId. */
const testEvent = 'BusinessEventsTestEndpointContract';

export function isTestEvent({ BusinessEventId: id }: Record<string, unknown>): boolean {
  return typeof id === 'string' && id.toLowerCase() === testEvent.toLowerCase();
}

/**
 * Tells what a parsed event is. The class names of the batch events are not documented, so an event with Job
 * fields under an unknown BusinessEventId is told by its JobStatus; `unknownBusinessEventId` then names it.
 */
export function readBusinessEvent(value: unknown, ids: EventIds, schemas: EventSchemas): BusinessEvent {
  if (!isObject(value))
    return { kind: 'invalid', violations: [{ pointer: '', message: 'must be an object' }] };
  const businessEventId = value['BusinessEventId'];
  if (typeof businessEventId !== 'string' || businessEventId === '') {
    const message = 'is required: a business event of F&O names itself here';
    return { kind: 'invalid', violations: [{ pointer: '/BusinessEventId', message }] };
  }
  const eventId = typeof value['EventId'] === 'string' ? value['EventId'].slice(0, 64) : null;
  const notWanted = (reason: string): BusinessEvent => ({ kind: 'not-wanted', eventId, reason });
  const isNamed = (id: string) => id.toLowerCase() === businessEventId.toLowerCase();

  if (isTestEvent(value)) return notWanted('The test event that F&O sends when an endpoint is activated.');
  const named = kinds.find((kind) => isNamed(ids[kind]));
  if (named) return readBatchJobEvent(value, named, null, schemas);
  if (!('JobId' in value) || typeof value['JobStatus'] !== 'string') {
    return notWanted('Not an event of a batch job.');
  }
  const told = kindByStatus.get(value['JobStatus'].toLowerCase());
  if (!told) return notWanted('Not an event of a batch job that failed, started, finished or was canceled.');
  return readBatchJobEvent(value, told, businessEventId.slice(0, 128), schemas);
}

const kinds = ['failed', 'finished', 'started', 'cancelled'] as const;
type Kind = (typeof kinds)[number];

/** JobStatus as the events of each kind carry it. */
const kindByStatus = new Map<string, Kind>([
  ['error', 'failed'],
  ['finished', 'finished'],
  ['executing', 'started'],
  ['canceled', 'cancelled'],
]);

function readBatchJobEvent(
  value: Record<string, unknown>,
  kind: Kind,
  unknownBusinessEventId: string | null,
  schemas: EventSchemas,
): BusinessEvent {
  const { violations, unknownVersion } = schemas.check(value);
  const heldTo: HeldTo = unknownVersion === null ? {} : { unknownVersion };
  const jobId = violations.length === 0 ? parseJobId(digits(value['JobId']) ?? '') : null;
  if (jobId === null) return { kind: 'invalid', violations, ...heldTo };
  const event: Failure = {
    eventId: text(value['EventId']).replaceAll(/[{}]/g, '').toUpperCase(),
    jobId,
    description: text(value['JobDescription']).slice(0, 1000),
    legalEntity: text(value['BusinessEventLegalEntity']).slice(0, 100),
    endedAt: parseFnoTime(value['JobEndUtcDateTime']),
    controlNumber: digits(value['ControlNumber']),
  };
  if (kind === 'failed') return { kind, failure: event, unknownBusinessEventId, ...heldTo };
  return {
    kind: 'progress',
    progress: kind === 'cancelled' ? 'canceled' : kind,
    event,
    unknownBusinessEventId,
    ...heldTo,
  };
}

function digits(value: unknown): string | null {
  return typeof value === 'bigint' || typeof value === 'number' ? BigInt(value).toString() : null;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.toWellFormed() : '';
}
