import type { Run } from '../domain/watch/run.ts';
import type { WatchState } from '../domain/watch/watch-state.ts';
import type { BatchJobKey } from './ledger.ts';

/** The runs that the watch has seen, and where it stands. The cost of a call does not grow with their number. */
export interface Runs {
  /** Adds a run, or replaces the one of the same job and end. */
  put(run: Run): Promise<void>;
  /** A job's runs, the newest first. `before` is the last `position` of the page before. */
  ofJob(key: BatchJobKey, before: string | null, limit: number): Promise<StoredRun[]>;
  /**
   * An environment's runs that ended from `from` on and before `to`, the oldest first. It may cost a call a day. `after` is the last
   * `position` of the page before.
   */
  between(environment: string, span: Span, after: string | null, limit: number): Promise<StoredRun[]>;
  /** Prunes an environment's runs that ended before the UTC day of `instant`. Resolves to their count. */
  prune(environment: string, instant: Date): Promise<number>;
  /** The watch's state of an environment; null before the first look. */
  readWatch(environment: string): Promise<WatchState | null>;
  /**
   * Changes the watch's state of an environment, atomically. It calls `change` with the current state, null at
   * first, perhaps several times. Resolves to null, and changes nothing, if too many processes write it at once.
   */
  updateWatch<Result>(environment: string, change: WatchChange<Result>): Promise<Result | null>;
}

export type Span = { from: Date; to: Date };

/** `position` orders the runs of one list. Only the driver reads it. */
export type StoredRun = Run & { position: string };

export type WatchChange<Result> = (state: WatchState | null) => { state: WatchState; result: Result };
