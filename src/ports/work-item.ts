import type { RunWindow } from '../domain/cause/run-window.ts';
import type { Failure } from '../domain/failure.ts';
import { parseJobId } from '../domain/job-id.ts';
import { type Notification } from '../domain/job/notification.ts';
import { notificationEvents } from '../domain/job/outcomes.ts';
import type { BatchJobKey } from './ledger.ts';
import { otherVersion, recordVersion } from './other-version.ts';
import { reviveInstants, stringifyInstants } from './json-instants.ts';

type Common = BatchJobKey & {
  /** For people and measurements. The queue delays an item by its own clock. */
  dueAt: Date;
  /** How often a fault of the service stopped this work. A store that was unavailable does not count. */
  faults: number;
  /** The rest of a delay that is longer than the queue's longest, in ms. */
  remainingMs?: number;
};

/** One item of the work queue: what to do, and for which job. */
export type WorkItem =
  /** Process the job: its record says what is due. If `wakeId` is not the record's wake-up, the item is stale. */
  | (Common & { kind: 'wake'; wakeId: string })
  /** Publish the job's outbox. */
  | (Common & { kind: 'publish' })
  /** Deliver one notification to one subscriber. */
  | (Common & { kind: 'deliver' } & Delivery)
  /** Decide failures that were accepted and are in no record yet. The first is this job's. */
  | (Common & { kind: 'decide'; failures: readonly Failure[] })
  /** Look for the cause of a failure. */
  | (Common & { kind: 'find-cause' } & LookUp);

/** How the cause of a failure is found. */
export type LookUp = {
  failure: Failure;
  /** When the service learned of the failure, by our clock. */
  learnedAt: Date;
  /** Of the run, by F&O's clock. */
  window: RunWindow;
  /** What the event itself says; null: the telemetry has to be asked. */
  text: string | null;
};

/** One notification for one subscriber. */
type Delivery = {
  subscriptionId: string;
  notification: Notification;
  firstDueAt: Date;
  /** Deliveries that failed so far. */
  failedAttempts: number;
};

/** The item that replaces another in the queue, and its delay in ms. */
export type Later = { item: WorkItem; delayMs: number };

/** A message that is not work: other programs may add messages to the queue. */
export type UnreadableWork = { kind: 'unreadable'; raw: string; reason: string };

/** The text of an item: JSON whose ids are strings, because the Functions host parses it with JSON.parse. */
export function serializeWork(item: WorkItem): string {
  return stringifyInstants(withVersion(item));
}

/** What `parseWork` reads, once it is written as JSON. */
export function withVersion(item: WorkItem): object {
  return { recordVersion, ...item };
}

/** Reads what `serializeWork` wrote, after JSON.parse; null if the value is not work, or is work of another version. */
export function parseWork(value: unknown): WorkItem | null {
  if (!isRecord(value) || value['recordVersion'] !== recordVersion) return null;
  if (!isCommon(value) || !hasFieldsOfItsKind(value)) return null;
  const { recordVersion: _, ...rest } = value;
  const item: WorkItem = reviveInstants(JSON.parse(JSON.stringify(rest)));
  return item;
}

/** Reads the text of an item; `raw` is the message as the queue holds it. */
export function readWork(text: string, raw = text): WorkItem | UnreadableWork {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'unreadable', raw, reason: 'The message is not work: it is not JSON.' };
  }
  return parseWork(value) ?? { kind: 'unreadable', raw, reason: whyNotWork(value) };
}

function whyNotWork(value: unknown): string {
  if (!isRecord(value)) return 'The message is not work: it is not a JSON object.';
  const { kind, recordVersion: found } = value;
  if (found !== recordVersion && (found !== undefined || isCommon({ faults: 0, ...value })))
    return otherVersion(`The work item of batch job ${String(value['jobId'])}`, found);
  if (kinds.has(String(kind)))
    return `The message is not work: it lacks what its kind "${String(kind)}" needs.`;
  return kind === undefined
    ? 'The message is not work: it has no kind.'
    : `The message is not work: its kind ${JSON.stringify(kind).slice(0, 50)} is unknown.`;
}

type Fields = Readonly<Record<string, unknown>>;

const kinds = new Set<string>([
  'wake',
  'publish',
  'deliver',
  'decide',
  'find-cause',
] satisfies WorkItem['kind'][]);

/** An environment's name in the store: a name, or a host and port. */
const environmentPattern = /^[\w.:[\]-]{1,260}$/;

function isCommon({ environment, jobId, dueAt, faults, remainingMs }: Fields): boolean {
  const isEnvironment = typeof environment === 'string' && environmentPattern.test(environment);
  const isDelay = remainingMs === undefined || isCount(remainingMs);
  return isEnvironment && isJobId(jobId) && isInstant(dueAt) && isCount(faults) && isDelay;
}

function hasFieldsOfItsKind(value: Fields): boolean {
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
    case 'find-cause':
      return isLookUp(value);
    default:
      return false;
  }
}

function isLookUp({ failure, learnedAt, window, text }: Fields): boolean {
  const isWindow = isRecord(window) && isInstant(window['fromAt']) && isInstant(window['toAt']);
  return (
    isFailure(failure) && isInstant(learnedAt) && isWindow && (text === null || typeof text === 'string')
  );
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
