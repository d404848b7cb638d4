import type { Failure } from '../domain/failure.ts';
import { parseJobId } from '../domain/job-id.ts';
import { type Notification } from '../domain/job/notification.ts';
import { notificationEvents } from '../domain/job/outcomes.ts';
import type { BatchJobKey } from './ledger.ts';
import { otherVersion, recordVersion } from './other-version.ts';
import { reviveInstant } from './revive-instant.ts';

type Common = BatchJobKey & {
  /** For people and measurements; what delays an item is the queue's own clock. */
  dueAt: Date;
  /** Times that processing this work failed by a fault of the service (never: a store that was unavailable). */
  faults: number;
  /** What is left of a delay that is longer than the queue takes at once, in ms. */
  remainingMs?: number;
};

/** A piece of work in the queue: what to do, and about which job. */
export type WorkItem =
  /** Look at the job: its record says what is due. `wakeId` is the record's current wake-up, or the item is stale. */
  | (Common & { kind: 'wake'; wakeId: string })
  /** Publish the job's outbox. */
  | (Common & { kind: 'publish' })
  /** Deliver one notification to one subscriber. */
  | (Common & { kind: 'deliver' } & Delivery)
  /** Decide failures that were accepted and stand in no record yet; the first is this job's. */
  | (Common & { kind: 'decide'; failures: readonly Failure[] });

/** One notification for one subscriber. */
type Delivery = {
  subscriptionId: string;
  notification: Notification;
  firstDueAt: Date;
  /** Deliveries that failed so far. */
  failedAttempts: number;
};

/** What takes an item's place in the queue, and when, in ms from now. */
export type Later = { item: WorkItem; delayMs: number };

/** A message that is no work: others may put messages into the queue. */
export type UnreadableWork = { kind: 'unreadable'; raw: string; reason: string };

/** The text of an item: JSON whose ids are strings, because the Functions host parses it with JSON.parse. */
export function serializeWork(item: WorkItem): string {
  return JSON.stringify(withVersion(item));
}

/** What `parseWork` reads, once it is written as JSON. */
export function withVersion(item: WorkItem): object {
  return { recordVersion, ...item };
}

/** Reads what `serializeWork` wrote, after JSON.parse; null if it is no work, or that of another version. */
export function parseWork(value: unknown): WorkItem | null {
  if (!isRecord(value) || value['recordVersion'] !== recordVersion) return null;
  if (!isCommon(value) || !isOfItsKind(value)) return null;
  const { recordVersion: _, ...rest } = value;
  const item: WorkItem = JSON.parse(JSON.stringify(rest), reviveInstant);
  return item;
}

/** Reads the text of an item; `raw` is the message as it stands in the queue. */
export function readWork(text: string, raw = text): WorkItem | UnreadableWork {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'unreadable', raw, reason: 'The message is no work: it is not JSON.' };
  }
  return parseWork(value) ?? { kind: 'unreadable', raw, reason: whyNoWork(value) };
}

function whyNoWork(value: unknown): string {
  if (!isRecord(value)) return 'The message is no work: it is not a JSON object.';
  const { kind, recordVersion: found } = value;
  if (found !== recordVersion && (found !== undefined || isCommon({ faults: 0, ...value })))
    return otherVersion(`The work item of batch job ${String(value['jobId'])}`, found);
  if (kinds.has(String(kind)))
    return `The message is no work: it lacks what its kind "${String(kind)}" needs.`;
  return kind === undefined
    ? 'The message is no work: it has no kind.'
    : `The message is no work: its kind ${JSON.stringify(kind).slice(0, 50)} is not known.`;
}

type Fields = Readonly<Record<string, unknown>>;

const kinds = new Set<string>(['wake', 'publish', 'deliver', 'decide'] satisfies WorkItem['kind'][]);

/** A name, or the host and port by which the store knows an environment. */
const environmentPattern = /^[\w.:[\]-]{1,260}$/;

function isCommon({ environment, jobId, dueAt, faults, remainingMs }: Fields): boolean {
  const isEnvironment = typeof environment === 'string' && environmentPattern.test(environment);
  const isDelay = remainingMs === undefined || isCount(remainingMs);
  return isEnvironment && isJobId(jobId) && isInstant(dueAt) && isCount(faults) && isDelay;
}

function isOfItsKind(value: Fields): boolean {
  switch (value['kind']) {
    case 'wake':
      return typeof value['wakeId'] === 'string';
    case 'publish':
      return true;
    case 'deliver':
      return isDelivery(value);
    case 'decide': {
      const { failures } = value;
      return Array.isArray(failures) && failures.length > 0 && failures.every(isFailure);
    }
    default:
      return false;
  }
}

function isDelivery({ subscriptionId, notification, firstDueAt, failedAttempts }: Fields): boolean {
  return (
    typeof subscriptionId === 'string' &&
    isNotification(notification) &&
    isInstant(firstDueAt) &&
    isCount(failedAttempts)
  );
}

function isNotification(value: unknown): boolean {
  if (!isRecord(value) || typeof value['id'] !== 'string' || !isInstant(value['at'])) return false;
  return notificationEvents.some((event) => event === value['event']) && isFailure(value['failure']);
}

function isFailure(value: unknown): boolean {
  return isRecord(value) && typeof value['eventId'] === 'string' && isJobId(value['jobId']);
}

function isJobId(value: unknown): boolean {
  return typeof value === 'string' && parseJobId(value) === value;
}

function isInstant(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
