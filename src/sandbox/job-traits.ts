import type { BatchStatus } from './batch-status.ts';

/** What Microsoft does not document about batch jobs: tests vary it, and the service must work with all of it. */
export interface JobTraits {
  /** After the return to Waiting: StartDateTime and EndDateTime of the latest run stay, or become 1900. */
  readonly times: 'kept' | 'cleared';
  /** How long a recurring job stays in Error or Finished after its run, before it returns to Waiting. */
  readonly returnsAfterMs: number;
  /** What SetBatchJobToWaiting does to a job that waits for a later scheduled start. */
  readonly action: 'starts-now' | 'no-change' | 'refuses';
  /** With 'starts-now': OrigStartDateTime becomes now, or keeps the later start although the job starts. */
  readonly schedule: 'moves' | 'stays';
  /** The entity's EndDateTime minus the event's JobEndUtcDateTime. May be negative. */
  readonly endLagMs: number;
  /** How long after a run's end F&O writes EndDateTime anew, and how much later it then is. */
  readonly endMoves: { afterMs: number; byMs: number } | null;
  /** How long the entity still shows the job Executing after its run has ended. */
  readonly endShowsAfterMs: number;
  /** How long the entity still shows Executing, though it shows the run's end. */
  readonly statusShowsAfterMs: number;
  /** False: the event's JobEndUtcDateTime is 1900. */
  readonly eventTellsEnd: boolean;
  /** False: every date of the entity is 1900, its scheduled start too. */
  readonly entityTellsTimes: boolean;
  /** Which runs the batch history keeps, if there is one. */
  readonly history: 'Always' | 'ErrorsOnly' | 'Never';
  /** True: the batch history has a second row of each run, which says that the run ended the other way. */
  readonly historyContradicts: boolean;
  /** What OData shows in place of the names of statuses, such as their labels in a language. */
  readonly statusLabels: Partial<Record<BatchStatus, string>>;
}

export const defaultTraits: JobTraits = {
  times: 'kept',
  returnsAfterMs: 0,
  action: 'starts-now',
  schedule: 'moves',
  endLagMs: 0,
  endMoves: null,
  endShowsAfterMs: 0,
  statusShowsAfterMs: 0,
  eventTellsEnd: true,
  entityTellsTimes: true,
  history: 'Always',
  historyContradicts: false,
  statusLabels: {},
};
