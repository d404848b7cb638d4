import type { JobId } from './job-id.ts';

/** What an event was wrapped in when it came; of several wrappings, the outermost. */
export type Envelope = 'flat' | 'event-grid' | 'cloud-events' | 'dataverse' | 'power-automate';

/** One event of a batch job, of its failure mostly, reduced to what decides. It holds no personal data. */
export type Failure = {
  /** Upper-case GUID without braces: what tells one failure from another within its environment. */
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
  /** The W3C traceparent of the step that received it: later steps, of whichever process, are linked to it. */
  trace?: string;
  /** Missing for a failure whose event never came, and in records from before it was kept. */
  via?: Envelope;
};
