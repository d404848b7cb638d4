import type { JobId } from '../job-id.ts';

/**
 * Where a text comes from: a field of the event itself, F&O's infolog, or the platform that ran the batch task.
 */
export const causeSources = ['event', 'infolog', 'platform'] as const;

export type CauseSource = (typeof causeSources)[number];

/** One text that the customer's telemetry has of a run. */
export type FailureText = {
  at: Date;
  source: Exclude<CauseSource, 'event'>;
  text: string;
  /** The X++ class that ran; null if the telemetry does not say. */
  className: string | null;
};

/** Why a run failed, as F&O worded it. It holds no e-mail address and no secret. */
export type Cause = {
  environment: string;
  jobId: JobId;
  /** The failure's event. */
  eventId: string;
  description: string;
  /** When the run ended, by F&O's clock; when the service learned of the failure, if F&O does not say. */
  failedAt: Date;
  text: string;
  /** The same for equal causes, whatever numbers, ids and dates they name. */
  fingerprint: string;
  source: CauseSource;
  className: string | null;
  foundAt: Date;
};

/** What is known of a cause before it is kept: the words, and whose they are. */
export type Worded = Pick<Cause, 'text' | 'fingerprint' | 'source' | 'className'>;

/** The ledger knows a cause that was noted under this id, as it knows an event. */
export function causeIdOf(eventId: string): string {
  return `CAUSE-${eventId}`;
}

/** How much of a text the service keeps, in characters. */
export const maxCauseLength = 2000;
