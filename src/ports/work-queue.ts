import { parseJobId } from '../policy/job-id.ts';
import type { BatchJobKey } from './ledger.ts';

/**
 * Jobs to be taken up, each not before its time. What is put outlives the process, and is handed out at least
 * once: it says only which job to look at, and the job's record says what is to be done. A queue that cannot be
 * reached rejects with LedgerUnavailable: it is part of the store.
 */
export interface WorkQueue {
  put(work: Work): Promise<void>;
  /** What is due, now hidden from others for `hiddenMs`, after which it is handed out again. */
  receive(limit: number): Promise<ReceivedWork[]>;
  /** Forgets work that is done. */
  complete(received: ReceivedWork): Promise<void>;
  /** Keeps, for people, work that failed again and again; it is not handed out any more. */
  setAside(received: ReceivedWork, reason: string): Promise<void>;
  listSetAside(limit: number): Promise<SetAsideWork[]>;
}

export type Work = BatchJobKey & { dueAt: Date };

export type ReceivedWork = {
  work: Work;
  /** How often it was handed out, this time included. */
  tries: number;
  /** What the driver completes it by. */
  receipt: string;
};

export type SetAsideWork = { work: Work; reason: string; at: Date };

/** The queue's name where it has one: the Functions host's trigger and the driver must agree. */
export const workQueueName = 'batch-retry-work';

/** Reads work as it is kept in messages, `{"environment","jobId","dueAt"}`; null if it is none. */
export function parseWork(value: unknown): Work | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!('environment' in value) || !('jobId' in value) || !('dueAt' in value)) return null;
  const { environment, jobId, dueAt } = value;
  if (typeof environment !== 'string' || !/^[A-Za-z0-9_-]{1,40}$/.test(environment)) return null;
  if (typeof jobId !== 'string' || typeof dueAt !== 'string') return null;
  const id = parseJobId(jobId);
  const due = new Date(dueAt);
  return id === null || Number.isNaN(due.getTime()) ? null : { environment, jobId: id, dueAt: due };
}

/** How long work that was handed out is hidden from others: longer than taking a job up may take. */
export const hiddenMs = 60_000;

/** After so many tries work is set aside. */
export const maxTries = 5;
