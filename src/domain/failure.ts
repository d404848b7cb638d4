import type { JobId } from './job-id.ts';

/** The envelope in which an event arrived; of several, the outermost. */
export type Envelope = 'flat' | 'event-grid' | 'cloud-events' | 'dataverse' | 'power-automate';

/**
 * How the service learned of a failure without its event: it read the job, or searched for runs that ended and saw
 * the job's status or its history in F&O, or the customer's telemetry says so.
 */
export type Learned = 'read' | 'status' | 'history' | 'telemetry';

/** One event of a batch job, mostly of its failure, reduced to what decisions need. It holds no personal data. */
export type Failure = {
  /** Upper-case GUID without braces. It identifies the failure within its environment. */
  eventId: string;
  jobId: JobId;
  description: string;
  legalEntity: string;
  /** When the run ended, by F&O's clock; null if the event does not say. */
  endedAt: Date | null;
  /**
   * Increases with gaps, and may go back when an environment's database is restored:
   * a hint of order, never a proof. Decimal digits, since it is an int64.
   */
  controlNumber: string | null;
  /** The W3C traceparent of the step that received it: later steps, in any process, link to it. */
  trace?: string;
  /** Missing for a failure without an event, and in records that are older than this field. */
  via?: Envelope;
  /** How it became known, if no event reported it. */
  learned?: Learned;
};

/** The id of a failure that no event reported. It is the same whoever learns of the run. */
export function lostEventId(jobId: JobId, endedAt: Date): string {
  return `LOST-${jobId}-${endedAt.getTime()}`;
}

/** The failure that a run stands for which no event reported. */
export function failureOfRun(
  run: Pick<Failure, 'jobId' | 'description' | 'legalEntity'> & { endedAt: Date },
  learned: Learned,
): Failure {
  const { jobId, description, legalEntity, endedAt } = run;
  const eventId = lostEventId(jobId, endedAt);
  return { eventId, jobId, description, legalEntity, endedAt, controlNumber: null, learned };
}
