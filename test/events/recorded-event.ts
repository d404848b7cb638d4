import { readFileSync } from 'node:fs';
import { createEventSchemas } from '../../src/events/event-schemas.ts';
import { parseLosslessJson } from '../../src/events/lossless-json.ts';
import { type EventIds, readBusinessEvent } from '../../src/events/read-business-event.ts';

export const ids: EventIds = {
  failed: 'BatchJobFailedBusinessEvent',
  finished: 'BatchJobFinishedBusinessEvent',
  started: 'BatchJobStartedBusinessEvent',
  cancelled: 'BatchJobCancelledBusinessEvent',
};

export const shipped = createEventSchemas([]);

export const recorded = readFileSync(new URL('../fixtures/batch-job-failed.json', import.meta.url), 'utf8');
export const sample = readFileSync(
  new URL('../../schemas/batch-job-failed.sample.json', import.meta.url),
  'utf8',
);

/** What the service keeps of the recorded event. */
export const recordedFailure = {
  eventId: '5C2E1D0A-7B3F-4E6A-9C41-0F2B8D6E7A13',
  jobId: '5637611083',
  description: 'Nightly posting',
  legalEntity: 'USMF',
  endedAt: new Date('2026-03-02T01:01:01Z'),
  controlNumber: '68719932288',
};

/** F&O sends it when an endpoint is activated. */
export const testEvent =
  '{"BusinessEventId":"BusinessEventsTestEndpointContract","BusinessEventLegalEntity":"001","ControlNumber":-9223372036854775808,"EventId":"8D1220EB-E514-4E35-844E-E062DEF0C05D"}';

export function read(text: string) {
  return readBusinessEvent(parse(text), ids, shipped);
}

export function parse(text: string): unknown {
  const result = parseLosslessJson(text);
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}

/** The recorded event with some fields changed, or gone if undefined. */
export function recordedWith(changes: Record<string, unknown>): string {
  const event: object = JSON.parse(recorded);
  return JSON.stringify({ ...event, ...changes });
}
