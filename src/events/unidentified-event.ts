import type { JobId } from '../domain/job-id.ts';
import { readEventId } from './read-batch-job-fields.ts';
import { readJobId } from './read-int64.ts';

/** An event of a batch job that does not show whether the job failed, finished, started or was canceled. */
export type UnidentifiedEvent = {
  kind: 'unidentified';
  eventId: string | null;
  jobId: JobId | null;
  businessEventId: string;
  /** Text and numbers as JSON, shortened; null if the event has none. */
  jobStatus: string | null;
};

export function unidentifiedEvent(
  value: Readonly<Record<string, unknown>>,
  businessEventId: string,
): UnidentifiedEvent {
  return {
    kind: 'unidentified',
    eventId: readEventId(value['EventId']),
    jobId: readJobId(value['JobId']),
    businessEventId,
    jobStatus: shownStatus(value['JobStatus']),
  };
}

const maxShown = 60;

function shownStatus(status: unknown): string | null {
  switch (typeof status) {
    case 'string':
      return status === '' ? null : shortened(JSON.stringify(status.toWellFormed()));
    case 'number':
    case 'bigint':
    case 'boolean':
      return shortened(String(status));
    default:
      if (status === undefined || status === null) return null;
      return Array.isArray(status) ? 'a list' : 'an object';
  }
}

function shortened(text: string): string {
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
}

/** Explains an unidentified event to a person: what it holds, and which setting to change. */
export function reasonOfUnidentified({ businessEventId, jobStatus }: UnidentifiedEvent): string {
  return (
    `The service cannot identify this event of a batch job: its BusinessEventId is ${businessEventId}, which no setting names, ` +
    `and its JobStatus is ${jobStatus ?? 'not given'}, which is not known. If it reports failed jobs, set ` +
    `FAILED_EVENT_ID=${businessEventId}, or add event=failed to the query of the endpoint's URL (…?event=failed&code=…).`
  );
}
