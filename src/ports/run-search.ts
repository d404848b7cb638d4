import type { JobId } from '../domain/job-id.ts';
import type { NotTaken } from '../domain/outcome.ts';
import type { HistoryEntity } from '../domain/watch/watch-state.ts';
import type { ListedBatchJob } from './batch-jobs.ts';

/** Searches one F&O environment for runs. All calls resolve, never reject, at the latest when the signal aborts. */
export interface RunSearch {
  /** Jobs by the end of their latest run, the earliest first. */
  search(query: RunQuery, signal: AbortSignal): Promise<FoundRuns>;
  /** Finds out whether this F&O shows its batch history. */
  findHistory(signal: AbortSignal): Promise<FoundHistory>;
  /** Runs by their end, the earliest first, as the batch history has them. */
  history(entity: HistoryEntity, query: HistoryQuery, signal: AbortSignal): Promise<FoundRows>;
}

/** Which jobs F&O returns: those of `only`, if any of the conditions holds. */
export type RunQuery = {
  /** The latest run ended at this time or later. */
  endedFrom: Date;
  /** The job is Executing. */
  running: boolean;
  /** The job is Waiting, and should have started before. */
  dueBefore: Date | null;
  only: ListedOnly | null;
  /** Whether it returns the jobs that code made, and whatever their runs; unless set, it returns none of those. */
  madeByCode?: boolean;
};

/** The jobs that the policy lists, by ids and by parts of descriptions with `*` between them. */
export type ListedOnly = { jobIds: readonly string[]; descriptions: readonly string[] };

/** `isCut`: there are more, whose runs ended later. `readAt` is F&O's clock. */
export type FoundRuns =
  { kind: 'listed'; jobs: ListedBatchJob[]; isCut: boolean; readAt: Date | null } | NotTaken;

/** `entity` is null if this F&O shows none; `isCertain` is false if it has shown no row yet. */
export type FoundHistory = { kind: 'listed'; entity: HistoryEntity | null; isCertain: boolean } | NotTaken;

export type HistoryQuery = Pick<RunQuery, 'endedFrom' | 'only'>;

/** One run in the batch history. What the entity does not tell is null. */
export type HistoryRow = {
  jobId: JobId;
  status: string;
  startedAt: Date | null;
  endedAt: Date;
  description: string | null;
  legalEntity: string | null;
};

export type FoundRows = { kind: 'listed'; rows: HistoryRow[]; isCut: boolean } | NotTaken;
