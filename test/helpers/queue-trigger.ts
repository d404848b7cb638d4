import { setTimeout as sleep } from 'node:timers/promises';
import type { QueueClient } from '@azure/storage-queue';
import { isAnswer } from '../../src/adapters/azure-storage/calls/store-answer.ts';
import type { Service } from '../../src/service.ts';

/** Messages that the Functions host processes at once, and for how long it keeps them from others, in seconds. */
const batchSize = 16;
const leaseSeconds = 600;

/**
 * What the queue trigger of the Functions host does with the messages of a queue until `signal` aborts: it deletes
 * what was processed, releases what was rejected, after `delaySeconds`, and leaves alone what its receipt is void for.
 * @see https://github.com/Azure/azure-sdk-for-net/blob/main/sdk/storage/Microsoft.Azure.WebJobs.Extensions.Storage.Queues/src/QueueProcessor.cs
 */
export async function runQueueTrigger(
  queue: QueueClient,
  service: Pick<Service, 'consumeWorkMessage'>,
  delaySeconds: number,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(Array.from({ length: batchSize }, processOneByOne));

  async function processOneByOne(): Promise<void> {
    while (!signal.aborted) {
      const { receivedMessageItems } = await queue.receiveMessages({ visibilityTimeout: leaseSeconds });
      const [message] = receivedMessageItems;
      if (!message) await sleep(200);
      else await processMessage(message);
    }
  }

  async function processMessage(message: {
    messageId: string;
    popReceipt: string;
    messageText: string;
  }): Promise<void> {
    const { messageId, popReceipt, messageText } = message;
    const value: unknown = JSON.parse(Buffer.from(messageText, 'base64').toString());
    const isDone = await service.consumeWorkMessage({ value, receipt: `${messageId} ${popReceipt}` }).then(
      () => true,
      () => false,
    );
    await (
      isDone
        ? queue.deleteMessage(messageId, popReceipt)
        : queue.updateMessage(messageId, popReceipt, undefined, delaySeconds)
    ).catch((error: unknown) => {
      if (!isAnswer(error, 'PopReceiptMismatch', 'MessageNotFound')) throw error;
    });
  }
}
