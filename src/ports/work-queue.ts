import type { Failure } from '../policy/failure.ts';
import { parseJobId } from '../policy/job-id.ts';
import type { Notification } from '../policy/notification.ts';
import type { BatchJobKey } from './ledger.ts';
import { reviveInstant } from './revive-instant.ts';

/**
 * Jobs to be taken up and notifications to be delivered, each not before its time. What is put outlives the
 * process, and is handed out at least once: of a job it says only which to look at, and the job's record says
 * what is to be done. A queue that cannot be reached rejects with LedgerUnavailable: it is part of the store.
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

/**
 * A job to be taken up; with `delivery`, a notification about it to be delivered; with `failures`, failures that
 * were accepted and are still to be decided, the first of them this job's: no record holds them yet.
 */
export type Work = BatchJobKey & { dueAt: Date; delivery?: Delivery; failures?: readonly Failure[] };

/** One notification for one subscriber. */
export type Delivery = {
  subscriptionId: string;
  notification: Notification;
  firstDueAt: Date;
  /** Deliveries that failed so far. */
  tries: number;
};

export type ReceivedWork = {
  work: Work;
  /** How often it was handed out, this time included. */
  tries: number;
  /** What the driver completes it by. */
  receipt: string;
};

/** `work` is null for what was put into the queue by others, and is no work. */
export type SetAsideWork = { work: Work | null; reason: string; at: Date };

/** The queue's name where it has one: the Functions host's trigger and the driver must agree. */
export const workQueueName = 'batch-retry-work';

/** How work is kept in messages: JSON whose ids are strings, because the Functions host parses it with JSON.parse. */
export function serializeWork({ dueAt, ...work }: Work): Record<string, unknown> {
  return { ...work, dueAt: dueAt.toISOString() };
}

/** Reads work as `serializeWork` writes it, after JSON.parse; null if it is none. */
export function parseWork(value: unknown): Work | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!('environment' in value) || !('jobId' in value) || !('dueAt' in value)) return null;
  const { environment, jobId, dueAt } = value;
  if (typeof environment !== 'string' || !/^[A-Za-z0-9_-]{1,40}$/.test(environment)) return null;
  if (typeof jobId !== 'string' || typeof dueAt !== 'string') return null;
  const id = parseJobId(jobId);
  const due = new Date(dueAt);
  if (id === null || Number.isNaN(due.getTime())) return null;
  const work = { environment, jobId: id, dueAt: due };
  if ('failures' in value) {
    const failures = parseFailures(value.failures);
    return failures && { ...work, failures };
  }
  if (!('delivery' in value)) return work;
  const delivery = parseDelivery(value.delivery);
  return delivery && { ...work, delivery };
}

function parseFailures(value: unknown): Failure[] | null {
  const areFailures =
    Array.isArray(value) &&
    value.every(
      (one: unknown) => typeof one === 'object' && one !== null && 'eventId' in one && 'jobId' in one,
    );
  if (!areFailures) return null;
  const failures: Failure[] = JSON.parse(JSON.stringify(value), reviveInstant);
  return failures;
}

function parseDelivery(value: unknown): Delivery | null {
  const isDelivery = typeof value === 'object' && value !== null && 'subscriptionId' in value;
  if (!isDelivery || !('notification' in value) || typeof value.subscriptionId !== 'string') return null;
  const delivery: Delivery = JSON.parse(JSON.stringify(value), reviveInstant);
  return delivery;
}

/** How long work that was handed out is hidden from others: longer than taking a job up may take. */
export const hiddenMs = 60_000;

/** After so many tries work is set aside. */
export const maxTries = 5;
