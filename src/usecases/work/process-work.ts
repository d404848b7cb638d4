import { addMs } from '../../domain/instants.ts';
import { StoreUnavailable } from '../../ports/ledger.ts';
import { OtherVersion } from '../../ports/other-version.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Later, UnreadableWork, WorkItem } from '../../ports/work-item.ts';

/** Does the work of an item. Resolves to the item that replaces it, if work is left. */
export type DoWork = (item: WorkItem) => Promise<Later | null>;

/**
 * `done`: complete the item. `later`: replace it by another. `give-back`: the store was unavailable; hide the item
 * for `delayMs`.
 */
type ProcessedWork =
  | { kind: 'done' }
  | ({ kind: 'later' } & Later)
  | { kind: 'give-back'; delayMs: number; error: StoreUnavailable };

export type ProcessWork = (item: WorkItem | UnreadableWork) => Promise<ProcessedWork>;

/** After this many faults an item becomes a dead letter. */
export const maxFaults = 5;

const minuteMs = 60_000;

/**
 * How long an item is hidden that met an unavailable store, in ms. It is the same each time: the queue counts all
 * deliveries of an item, and most of them met no fault.
 */
export const lostStoreMs = minuteMs / 2;

/** The same for a record of another version, which waits for a program to be deployed. */
export const otherVersionMs = 5 * minuteMs;

type WorkPorts = Pick<Ports, 'clock' | 'queue' | 'telemetry'>;

/**
 * The one rule for an item of the work queue, by poll or by push. An unavailable store is not a fault of the item:
 * the item is given back. After any other error the item comes again, later with
 * each fault, and becomes a dead letter in the end.
 */
export function createProcessWork(
  ports: WorkPorts,
  doWork: DoWork,
  onDeadLetter: (item: WorkItem) => Promise<void>,
): ProcessWork {
  return async function processWork(item) {
    try {
      const later = item.kind === 'unreadable' ? await keepUnreadable(ports, item) : await processItem(item);
      return later ? { kind: 'later', ...later } : { kind: 'done' };
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      const delayMs = error instanceof OtherVersion ? otherVersionMs : lostStoreMs;
      return { kind: 'give-back', delayMs, error };
    }
  };

  async function processItem(item: WorkItem): Promise<Later | null> {
    const { remainingMs, ...rest } = item;
    if (remainingMs !== undefined) return { item: rest, delayMs: remainingMs };
    try {
      return await doWork(item);
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      return handleFault(ports, item, error, onDeadLetter);
    }
  }
}

async function handleFault(
  ports: WorkPorts,
  item: WorkItem,
  error: unknown,
  onDeadLetter: (item: WorkItem) => Promise<void>,
): Promise<Later | null> {
  const faults = item.faults + 1;
  const message = `Work on batch job ${item.jobId} (${item.kind}) failed, fault ${faults} of ${maxFaults}.`;
  ports.telemetry.record({ kind: 'error', message, error });
  if (faults < maxFaults) {
    const delayMs = faultDelayMs(item.faults);
    return { item: { ...item, faults, dueAt: addMs(ports.clock.now(), delayMs) }, delayMs };
  }
  const reason = error instanceof Error ? error.message : String(error);
  await ports.queue.deadLetter({ ...item, faults }, null, reason);
  announceDeadLetter(ports, item, reason);
  await onDeadLetter(item);
  return null;
}

async function keepUnreadable(ports: WorkPorts, { raw, reason }: UnreadableWork): Promise<null> {
  const message = 'A message in the work queue is kept as a dead letter.';
  ports.telemetry.record({ kind: 'error', message, error: new Error(reason) });
  await ports.queue.deadLetter(null, raw, reason);
  announceDeadLetter(ports, { environment: '', jobId: null }, reason);
  return null;
}

function announceDeadLetter(
  { telemetry }: WorkPorts,
  { environment, jobId }: Pick<WorkItem, 'environment'> & { jobId: WorkItem['jobId'] | null },
  reason: string,
): void {
  const noNotification = { notificationId: null, episode: null };
  telemetry.record({
    kind: 'announced',
    about: 'dead-letter',
    ...noNotification,
    environment,
    jobId,
    reason,
  });
}

/** The backoff after a fault, in ms: a minute, doubled with each of the `faults` before. */
export function faultDelayMs(faults: number): number {
  return minuteMs * 2 ** faults;
}
