import type { UnreadableWork, WorkItem } from './work-item.ts';

/**
 * Work for later. It outlives the process, and the queue delivers it at least once. The queue is part of the store:
 * if it cannot be reached, it rejects with StoreUnavailable.
 */
export interface WorkQueue {
  /**
   * Adds work. The queue delivers it after `delayMs`, by the storage service's clock or the machine's monotonic
   * one, whatever happens to the time of day. The default of `delayMs` is how far `dueAt` is ahead of the time of
   * day.
   *
   * It sends the item once. If the answer is late, the queue may have the item or not. `wake` and `publish` then
   * count as added, because the sweep finds jobs that lack them. `deliver` and `decide` reject, because they do no
   * harm twice. To replace a delivered item, use `postpone`.
   */
  enqueue(item: WorkItem, options?: { delayMs?: number }): Promise<void>;
  /**
   * Receives what is due. It is invisible to others for `visibilityTimeoutMs`; then the queue delivers it again.
   */
  receive(limit: number): Promise<ReceivedWork[]>;
  /** Removes work that is done. Does nothing if the queue has delivered the work again since. */
  complete(received: Receipt): Promise<void>;
  /**
   * Gives work back, invisible for `delayMs`, and replaces it by `item` if there is one. One item stays one item,
   * even if the answer is lost. Does nothing if the queue has delivered the work again since.
   */
  postpone(received: Receipt, delayMs: number, item?: WorkItem): Promise<void>;
  /** Keeps a dead letter for people: an item, or the text of a message that is not work. Does not complete it. */
  deadLetter(item: WorkItem | null, raw: string | null, reason: string): Promise<void>;
  listDeadLetters(limit: number): Promise<DeadLetter[]>;
  /** Writes what nobody receives, and waits for it as for every write. Rejects if a write would fail now. */
  proveWritable(): Promise<void>;
}

/** Identifies one delivery of an item to the driver. */
export type Receipt = { receipt: string };

export type ReceivedWork = Receipt & {
  item: WorkItem | UnreadableWork;
};

/** `item` is null for a message that is not work: then `raw` is its text. */
export type DeadLetter = { id: string; item: WorkItem | null; raw: string | null; reason: string; at: Date };

/** The queue's name on Azure Storage: the Functions host's trigger and the driver must agree. */
export const workQueueName = 'batch-retry-work';

/** How many items one poll receives, on a host that polls. */
export const itemsOfPoll = 32;

/** How long delivered work is invisible to others, in ms: longer than its processing may take. */
export const visibilityTimeoutMs = 60_000;
