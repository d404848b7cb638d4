import type { Clock } from '../../../ports/clock.ts';
import { StoreUnavailable } from '../../../ports/ledger.ts';
import { readWork, type WorkItem } from '../../../ports/work-item.ts';
import {
  type DeadLetter,
  type Receipt,
  type ReceivedWork,
  visibilityTimeoutMs,
  type WorkQueue,
} from '../../../ports/work-queue.ts';
import { isAnswer } from '../calls/store-answer.ts';
import { decodeDeadLetter, decodeText, encodeDeadLetter, encodeWork } from './work-message.ts';
import { type QueueClients, WorkQueues } from './work-queues.ts';

/** @see https://learn.microsoft.com/rest/api/storageservices/put-message */
const maxDelayMs = 7 * 86_400_000;

/** @see https://learn.microsoft.com/rest/api/storageservices/get-messages */
const maxMessages = 32;

const neverExpires = { messageTimeToLive: -1 };

/** In seconds: a proof that is not removed is seen for the last of them at most. */
const ofProof = { visibilityTimeout: 1, messageTimeToLive: 2 };

/**
 * The work queue in Azure Queues, whose own clock times the delays: one queue for work, and one for dead letters.
 * The Functions host also moves messages that it gives up into the latter.
 */
export class AzureWorkQueue implements WorkQueue {
  readonly #queues: WorkQueues;
  readonly #clock: Clock;
  readonly #visibilityTimeoutMs: number;

  /** `visibilityTimeout` is for tests: in ms, whole seconds. */
  constructor(connect: () => Promise<QueueClients>, clock: Clock, visibilityTimeout = visibilityTimeoutMs) {
    this.#queues = new WorkQueues(connect);
    this.#clock = clock;
    this.#visibilityTimeoutMs = visibilityTimeout;
  }

  async enqueue(item: WorkItem, { delayMs }: { delayMs?: number } = {}): Promise<void> {
    const waitMs = delayMs ?? item.dueAt.getTime() - this.#clock.now().getTime();
    const message = encodeDelayed(item, waitMs);
    const options = { ...neverExpires, visibilityTimeout: toSeconds(waitMs) };
    const sent = await this.#queues.sendOnce('work', (queue, abortSignal) =>
      queue.sendMessage(message, { ...options, abortSignal }),
    );
    const isSweptIfLost = item.kind === 'wake' || item.kind === 'publish';
    if (sent === 'late' && !isSweptIfLost)
      throw new StoreUnavailable('Azure Storage cannot be reached: no answer in time.');
  }

  async receive(limit: number): Promise<ReceivedWork[]> {
    const { receivedMessageItems } = await this.#queues.call('work', (queue, abortSignal) =>
      queue.receiveMessages({
        numberOfMessages: Math.min(limit, maxMessages),
        visibilityTimeout: this.#visibilityTimeoutMs / 1000,
        abortSignal,
      }),
    );
    return receivedMessageItems.map(({ messageId, popReceipt, messageText }) => ({
      item: readWork(decodeText(messageText), messageText),
      receipt: `${messageId} ${popReceipt}`,
    }));
  }

  async complete({ receipt }: Receipt): Promise<void> {
    const [messageId = '', popReceipt = ''] = receipt.split(' ');
    await ifStillOurs(
      this.#queues.call('work', (queue, abortSignal) =>
        queue.deleteMessage(messageId, popReceipt, { abortSignal }),
      ),
    );
  }

  async postpone({ receipt }: Receipt, delayMs: number, item?: WorkItem): Promise<void> {
    const [messageId = '', popReceipt = ''] = receipt.split(' ');
    const message = item && encodeDelayed(item, delayMs);
    await ifStillOurs(
      this.#queues.call('work', (queue, abortSignal) =>
        queue.updateMessage(messageId, popReceipt, message, toSeconds(delayMs), { abortSignal }),
      ),
    );
  }

  /** Retries transient errors: a dead letter that is kept twice is better than one that is lost. */
  async deadLetter(item: WorkItem | null, raw: string | null, reason: string): Promise<void> {
    const message = encodeDeadLetter(item, raw, reason);
    await this.#queues.call('deadLetters', (queue, abortSignal) =>
      queue.sendMessage(message, { ...neverExpires, abortSignal }),
    );
  }

  /** The oldest first, at most 32. */
  async listDeadLetters(limit: number): Promise<DeadLetter[]> {
    const { peekedMessageItems } = await this.#queues.call('deadLetters', (queue, abortSignal) =>
      queue.peekMessages({ numberOfMessages: Math.min(limit, maxMessages), abortSignal }),
    );
    return peekedMessageItems.map(({ messageId, messageText, insertedOn }) => ({
      id: messageId,
      ...decodeDeadLetter(messageText),
      at: insertedOn,
    }));
  }

  /** In the queue of the dead letters: nobody takes anything from it. */
  async proveWritable(): Promise<void> {
    const { messageId, popReceipt } = await this.#queues.call('deadLetters', (queue, abortSignal) =>
      queue.sendMessage('', { ...ofProof, abortSignal }),
    );
    await ifStillOurs(
      this.#queues.call('deadLetters', (queue, abortSignal) =>
        queue.deleteMessage(messageId, popReceipt, { abortSignal }),
      ),
    );
  }
}

/** Ignores a void receipt: the message was redelivered or is gone, perhaps by an attempt whose answer was lost. */
async function ifStillOurs(done: Promise<unknown>): Promise<void> {
  try {
    await done;
  } catch (error) {
    if (!isAnswer(error, 'MessageNotFound', 'PopReceiptMismatch')) throw error;
  }
}

/** If a delay exceeds 7 days, the item carries the rest of it. */
function encodeDelayed(item: WorkItem, delayMs: number): string {
  const { remainingMs: _, ...rest } = item;
  return encodeWork(delayMs > maxDelayMs ? { ...rest, remainingMs: delayMs - maxDelayMs } : rest);
}

function toSeconds(delayMs: number): number {
  return Math.ceil(Math.min(Math.max(delayMs, 0), maxDelayMs) / 1000);
}
