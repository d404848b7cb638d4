import type { EnvironmentState } from '../domain/environment/environment-state.ts';
import type { Envelope } from '../domain/failure.ts';
import type { JobId } from '../domain/job-id.ts';
import type { BatchJob } from '../domain/job/batch-job.ts';
import type { Decision } from '../domain/job/decision.ts';
import type { FailureOutcome, OperatorAction, RunOutcome } from '../domain/job/outcomes.ts';
import type { FnoAnswer } from '../domain/outcome.ts';

/** The durable record of jobs, events and history: all state that decides. Every write is all or nothing. */
export interface Ledger {
  /** A job's record, and whether the event is known. One round trip, whatever the length of the history. */
  read(key: BatchJobKey, eventId: string | null): Promise<JobSnapshot>;
  /**
   * Writes if the record still has the version that was read; otherwise nothing is written. What is `written`
   * outlives the process; its new version allows another write without reading again.
   */
  write(key: BatchJobKey, version: Version, change: LedgerChange): Promise<WriteResult>;
  /** Jobs by environment and id. `after` is the last key of the page before; fewer than `limit` are the last. */
  list(after: BatchJobKey | null, limit: number, environment: string | null): Promise<BatchJob[]>;
  /** A job's history, newest first. `before` is the last `position` of the page before. */
  history(key: BatchJobKey, before: string | null, limit: number): Promise<HistoryEntry[]>;
  /**
   * Changes what is shared about an environment, atomically; `change` is called with the state as it is, null at
   * first, perhaps several times. Resolves to null if too many write it at once: nothing was changed then.
   */
  updateEnvironment<Result>(environment: string, change: EnvironmentChange<Result>): Promise<Result | null>;
  /** Forgets a job's events and history from before `instant`, and resolves to how many; never its record. */
  prune(key: BatchJobKey, instant: Date): Promise<number>;
}

export type EnvironmentChange<Result> = (state: EnvironmentState | null) => {
  state: EnvironmentState;
  result: Result;
};

export type BatchJobKey = { environment: string; jobId: JobId };

/** What a record's version was when it was read; null for a record that is not there yet. */
export type Version = string | null;

export type WriteResult = { kind: 'written'; version: Version } | { kind: 'conflict' };

export type JobSnapshot = { job: BatchJob | null; version: Version; eventKnown: boolean };

export type LedgerChange = {
  at: Date;
  job: BatchJob;
  /** Events that are known from now on. */
  eventIds: readonly string[];
  history: readonly NewHistoryEntry[];
};

export type NewHistoryEntry = {
  at: Date;
  kind: 'failure' | RunOutcome | OperatorAction;
  eventId: string;
  /** How the event came; null if it never did, or that is not known. */
  envelope: Envelope | null;
  /** Null for what is not the decision on a failure. */
  decision: FailureOutcome | null;
  retry: number | null;
  policy: string | null;
  reason: string;
  dueAt: Date | null;
  /** Who asked; null for the service itself. */
  by: string | null;
  fno: FnoAnswer | null;
};

/** `position` orders the entries of one job, and is the driver's to read. */
export type HistoryEntry = NewHistoryEntry & { position: string };

export function historyEntry(made: Decision, at: Date): NewHistoryEntry {
  const { failure, retry, reason, dueAt, answer, policy, by } = made;
  const { eventId, via: envelope = null } = failure;
  const what = { eventId, envelope, retry, policy: policy?.name ?? null, reason, dueAt, by, fno: answer };
  switch (made.about) {
    case 'failure':
      return { at, kind: 'failure', decision: made.outcome, ...what };
    case 'run':
      return { at, kind: made.outcome, decision: null, ...what };
    case 'operator':
      return { at, kind: made.action, decision: null, ...what };
  }
}

/** The store cannot be reached, or cannot be written to, now. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
