import type { DequeuedMessageItem } from '@azure/storage-queue';
import type { Clock } from '../../ports/clock.ts';
import { LedgerUnavailable } from '../../ports/ledger.ts';
import {
  hiddenMs,
  type ReceivedWork,
  type SetAsideWork,
  parseWork,
  type Work,
  type WorkQueue,
} from '../../ports/work-queue.ts';
import { isAnswer } from './store-answer.ts';
import { decodeReason, encodeGarbage, encodeWork, parseMessage } from './work-message.ts';
import { type QueueClients, WorkQueues } from './work-queues.ts';

/** @see https://learn.microsoft.com/rest/api/storageservices/put-message */
const maxDelaySeconds = 7 * 24 * 60 * 60;

/** @see https://learn.microsoft.com/rest/api/storageservices/get-messages */
const maxMessages = 32;

const noWork = 'The message is no work.';

const neverExpires = { messageTimeToLive: -1 };

/**
 * The work queue in Azure Queues: one queue for what is to be done, and one for what is set aside. The latter is
 * where the Functions host puts poison messages by itself.
 */
export class AzureWorkQueue implements WorkQueue {
  readonly #queues: WorkQueues;
  readonly #clock: Clock;
  readonly #hiddenMs: number;

  /** `hidden` is for tests: what is received is hidden for so many ms, whole seconds. */
  constructor(connect: () => Promise<QueueClients>, clock: Clock, hidden = hiddenMs) {
    this.#queues = new WorkQueues(connect);
    this.#clock = clock;
    this.#hiddenMs = hidden;
  }

  /** An answer that was lost leads to a second message for the same work, which finds it done. */
  async put(work: Work): Promise<void> {
    const delaySeconds = Math.ceil((work.dueAt.getTime() - this.#clock.now().getTime()) / 1000);
    const visibilityTimeout = Math.min(Math.max(delaySeconds, 0), maxDelaySeconds);
    await this.#queues.call('work', (queue, abortSignal) =>
      queue.sendMessage(encodeWork(work), { ...neverExpires, visibilityTimeout, abortSignal }),
    );
  }

  /**
   * What is not due yet, because a message cannot be delayed by more than 7 days or another machine's clock is
   * ahead, is put again. What is no work is set aside. If either fails, the message comes again.
   */
  async receive(limit: number): Promise<ReceivedWork[]> {
    const { receivedMessageItems } = await this.#queues.call('work', (queue, abortSignal) =>
      queue.receiveMessages({
        numberOfMessages: Math.min(limit, maxMessages),
        visibilityTimeout: this.#hiddenMs / 1000,
        abortSignal,
      }),
    );
    const received = await Promise.all(receivedMessageItems.map((message) => this.#sort(message)));
    return received.filter((work) => work !== null);
  }

  async complete({ receipt }: Pick<ReceivedWork, 'receipt'>): Promise<void> {
    const [messageId = '', popReceipt = ''] = receipt.split(' ');
    try {
      await this.#queues.call('work', (queue, abortSignal) =>
        queue.deleteMessage(messageId, popReceipt, { abortSignal }),
      );
    } catch (error) {
      if (!isAnswer(error, 'MessageNotFound', 'PopReceiptMismatch')) throw error;
    }
  }

  setAside(received: ReceivedWork, reason: string): Promise<void> {
    return this.#moveAside(received, encodeWork(received.work, reason));
  }

  /** The oldest first, at most 32. */
  async listSetAside(limit: number): Promise<SetAsideWork[]> {
    const { peekedMessageItems } = await this.#queues.call('setAside', (queue, abortSignal) =>
      queue.peekMessages({ numberOfMessages: Math.min(limit, maxMessages), abortSignal }),
    );
    return peekedMessageItems.map(({ messageText, insertedOn: at }) => {
      const message = parseMessage(messageText);
      const work = parseWork(message);
      if (!work) return { work, reason: noWork, at };
      return {
        work,
        reason: decodeReason(message) ?? 'The Functions host gave it up after its last try.',
        at,
      };
    });
  }

  async #sort(message: DequeuedMessageItem): Promise<ReceivedWork | null> {
    const { messageId, popReceipt, messageText, dequeueCount } = message;
    const receipt = `${messageId} ${popReceipt}`;
    const work = parseWork(parseMessage(messageText));
    if (work && work.dueAt <= this.#clock.now()) return { work, tries: dequeueCount, receipt };
    try {
      await (work
        ? this.#putAgain({ work, tries: dequeueCount, receipt })
        : this.#moveAside({ receipt }, encodeGarbage(messageText, noWork)));
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error;
    }
    return null;
  }

  async #putAgain(early: ReceivedWork): Promise<void> {
    await this.put(early.work);
    await this.complete(early);
  }

  /** Sent before it is deleted, so that it is in one of the queues whenever the process dies. */
  async #moveAside(received: Pick<ReceivedWork, 'receipt'>, text: string): Promise<void> {
    await this.#queues.call('setAside', (queue, abortSignal) =>
      queue.sendMessage(text, { ...neverExpires, abortSignal }),
    );
    await this.complete(received);
  }
}
