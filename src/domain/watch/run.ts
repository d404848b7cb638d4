import type { Learned } from '../failure.ts';
import type { JobId } from '../job-id.ts';

/** How a run ended. `ended`: nobody could tell. */
type RunEnd = 'failed' | 'finished' | 'canceled' | 'ended';

/** One run of a listed batch job that ended. Its times are F&O's. */
export type Run = {
  environment: string;
  jobId: JobId;
  description: string;
  legalEntity: string;
  startedAt: Date | null;
  endedAt: Date;
  end: RunEnd;
  /** What told how it ended; null if nothing did. */
  learned: 'event' | Learned | null;
  /**
   * Whose requeue started it, or its schedule; null if that is not known. F&O says on whose account a job runs, and not
   * who started it.
   */
  startedBy: 'policy' | 'operator' | 'schedule' | null;
  /** When F&O planned the next run, as it showed it after this one. Runs that are older than this field lack it. */
  nextStartAt?: Date | null;
  /** False while an event may still say how it ended. */
  isSettled: boolean;
};
