import type { JobId } from '../domain/job-id.ts';
import type { DeferralCause } from '../domain/job/deferral-cause.ts';
import type { EventAnswer } from '../domain/job/event-answer.ts';
import type { Outcome, RunOutcome } from '../domain/job/outcomes.ts';

/** What people watch. Nothing that reaches it holds a secret or personal data; nothing it does may throw. */
export interface Telemetry {
  /** `description` is the batch job's, empty if the event has none; `cause` is why it was put off, if it was. */
  decided(decision: EventAnswer, description: string, cause: DeferralCause | null): void;
  /** What a requeued job's run came to. */
  runEnded(ended: RunEnded, description: string): void;
  /** What a person must look at. At least once, under one `notificationId`. */
  announced(announcement: Announcement): void;
  warning(message: string): void;
  error(message: string, error: unknown): void;
}

export type RunEnded = { end: RunOutcome; environment: string; jobId: JobId; reason: string };

export type Announcement = {
  kind: Outcome | 'dead-letter' | 'unidentified' | 'subscriber-failing' | 'undelivered';
  /** Both null for dead letters and for a message that cannot be read. */
  notificationId: string | null;
  episode: number | null;
  environment: string;
  /** Null for a message that cannot be read; `environment` may be empty then. */
  jobId: JobId | null;
  reason: string;
};
