import type { UnreadableWork, WorkItem } from './work-item.ts';

/**
 * Work to be done later. What is in it outlives the process and is delivered at least once. A queue that cannot be
 * reached rejects with StoreUnavailable: it is part of the store.
 */
export interface WorkQueue {
  /**
   * Adds work, which nobody gets before `delayMs` have passed: by the service's clock or the machine's monotonic one,
   * whatever happens to the time of day. Unless set, `delayMs` is how far `dueAt` is ahead of the time of day now.
   *
   * It is sent once. If the answer is late, the item may be there or not: `wake` and `publish` then count as added,
   * because the sweep finds what lacks them; `deliver` and `decide` reject, because they do no harm twice.
   * What takes the place of a delivered item is not enqueued: see `postpone`.
   */
  enqueue(item: WorkItem, options?: { delayMs?: number }): Promise<void>;
  /** What is due, now invisible to others for `visibilityTimeoutMs`, after which it is delivered again. */
  receive(limit: number): Promise<ReceivedWork[]>;
  /** Removes work that is done. Does nothing for work that was delivered again since. */
  complete(received: Receipt): Promise<void>;
  /**
   * Gives work back: nobody gets it for `delayMs`, and it is `item` from then on, if one is given. One item stays one
   * item, even if the answer is lost. Does nothing for work that was delivered again since.
   */
  postpone(received: Receipt, delayMs: number, item?: WorkItem): Promise<void>;
  /** Keeps work for people: an item, or the text of a message that is none. Does not complete it. */
  deadLetter(item: WorkItem | null, raw: string | null, reason: string): Promise<void>;
  listDeadLetters(limit: number): Promise<DeadLetter[]>;
}

/** What the driver knows one delivery of an item by. */
export type Receipt = { receipt: string };

export type ReceivedWork = Receipt & {
  item: WorkItem | UnreadableWork;
  /** How often it was delivered, this time included. It counts what the store lost, too: it is no count of faults. */
  deliveryCount: number;
};

/** `item` is null for a message that is no work: then `raw` is its text. */
export type DeadLetter = { id: string; item: WorkItem | null; raw: string | null; reason: string; at: Date };

/** The queue's name where it has one: the Functions host's trigger and the driver must agree. */
export const workQueueName = 'batch-retry-work';

/** How long work that was delivered is invisible to others: longer than processing it may take. */
export const visibilityTimeoutMs = 60_000;
