import type { EnvironmentState } from '../domain/environment/environment-state.ts';
import type { Envelope, Learned } from '../domain/failure.ts';
import type { JobId } from '../domain/job-id.ts';
import type { BatchJob } from '../domain/job/batch-job.ts';
import type { Decision } from '../domain/job/decision.ts';
import type { FailureOutcome, OperatorAction, RunFinding, RunOutcome } from '../domain/job/outcomes.ts';
import type { FnoAnswer } from '../domain/outcome.ts';

/**
 * The durable record of jobs, events and history: all state that decisions depend on. Every write is all or
 * nothing.
 */
export interface Ledger {
  /** A job's record, and whether the event is known. One round trip, whatever the length of the history. */
  read(key: BatchJobKey, eventId: string | null): Promise<JobSnapshot>;
  /**
   * Writes if the record still has this version; otherwise it writes nothing. What is `written` outlives the
   * process. Its new version allows another write without another read.
   */
  write(key: BatchJobKey, version: Version, change: LedgerChange): Promise<WriteResult>;
  /** Jobs by environment and id. `after` is the last key of the page before; fewer than `limit` are the last. */
  list(after: BatchJobKey | null, limit: number, environment: string | null): Promise<ListedJob[]>;
  /** A job's history, newest first. `before` is the last `position` of the page before. */
  history(key: BatchJobKey, before: string | null, limit: number): Promise<HistoryEntry[]>;
  /**
   * Changes the shared state of an environment, atomically. It calls `change` with the current state, null at
   * first, perhaps several times. Resolves to null, and changes nothing, if too many processes write it at once.
   */
  updateEnvironment<Result>(environment: string, change: EnvironmentChange<Result>): Promise<Result | null>;
  /**
   * Prunes a job's events and history from before `instant`, never its record. Resolves to the count of entries.
   */
  prune(key: BatchJobKey, instant: Date): Promise<number>;
  /** Writes what changes nothing, and waits for it as for every write. Rejects if a write would fail now. */
  proveWritable(): Promise<void>;
}

export type EnvironmentChange<Result> = (state: EnvironmentState | null) => {
  state: EnvironmentState;
  result: Result;
};

export type BatchJobKey = { environment: string; jobId: JobId };

/** The version of a record when it was read; null if there was none. */
export type Version = string | null;

export type WriteResult = { kind: 'written'; version: Version } | { kind: 'conflict' };

export type JobSnapshot = { job: BatchJob | null; version: Version; eventKnown: boolean };

/** `unreadable` says why a record cannot be read: another version of the program wrote it. */
export type UnreadableJob = BatchJobKey & { unreadable: StoreUnavailable };

export type ListedJob = BatchJob | UnreadableJob;

export type LedgerChange = {
  at: Date;
  job: BatchJob;
  /** Events that this write makes known. */
  eventIds: readonly string[];
  history: readonly NewHistoryEntry[];
};

export type NewHistoryEntry = {
  at: Date;
  kind: 'failure' | RunOutcome | OperatorAction | RunFinding | 'cause';
  eventId: string;
  /** The envelope in which the event arrived; null if that is unknown, or no event arrived. */
  envelope: Envelope | null;
  /** How the service learned of it, if no event arrived. */
  learned: Learned | null;
  /** Null unless the entry is a decision on a failure. */
  decision: FailureOutcome | null;
  retry: number | null;
  policy: string | null;
  reason: string;
  dueAt: Date | null;
  /** Who asked; null for the service itself. */
  by: string | null;
  fno: FnoAnswer | null;
};

/** `position` orders the entries of one job. Only the driver reads it. */
export type HistoryEntry = NewHistoryEntry & { position: string };

export function historyEntry(made: Decision, at: Date): NewHistoryEntry {
  const { failure, retry, reason, dueAt, answer, policy, by } = made;
  const { eventId, via: envelope = null, learned = null } = failure;
  const what = {
    eventId,
    envelope,
    learned,
    retry,
    policy: policy?.name ?? null,
    reason,
    dueAt,
    by,
    fno: answer,
  };
  switch (made.about) {
    case 'failure':
      return { at, kind: 'failure', decision: made.outcome, ...what };
    case 'run':
      return { at, kind: made.outcome, decision: null, ...what };
    case 'finding':
      return { at, kind: made.finding, decision: null, ...what };
    case 'cause':
      return { at, kind: 'cause', decision: null, ...what };
    case 'operator':
      return { at, kind: made.action, decision: null, ...what };
  }
}

/** The store cannot be reached or written to now. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
