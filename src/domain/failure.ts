import type { JobId } from './job-id.ts';

/** The envelope in which an event arrived; of several, the outermost. */
export type Envelope = 'flat' | 'event-grid' | 'cloud-events' | 'dataverse' | 'power-automate';

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
};
