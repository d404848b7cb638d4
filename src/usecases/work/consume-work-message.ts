import { StoreUnavailable } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';
import { type Later, readWork } from '../../ports/work-item.ts';
import type { ProcessWork } from './process-work.ts';

/**
 * One delivery by a queue trigger. `value` is the message after JSON.parse; `receipt` is null if the host gives
 * none.
 */
export type WorkMessage = { value: unknown; receipt: string | null };

/**
 * Processes one message of a queue trigger. Resolves if the host may delete it; rejects to have it redelivered.
 *
 * Work that comes later is written into the message by the host's own receipt, so that one item stays one item.
 * That voids the host's receipt: when the host deletes or releases the message, it notices that and leaves it as it
 * is.
 * @see https://github.com/Azure/azure-sdk-for-net/blob/main/sdk/storage/Microsoft.Azure.WebJobs.Extensions.Storage.Queues/src/QueueProcessor.cs
 */
export function createConsumeWorkMessage({ queue }: Pick<Ports, 'queue'>, processWork: ProcessWork) {
  return async function consumeWorkMessage({ value, receipt }: WorkMessage): Promise<void> {
    const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
    const processed = await processWork(readWork(text));
    if (processed.kind === 'later') await replace(processed, receipt);
    if (processed.kind !== 'give-back') return;
    if (receipt !== null) await postpone(receipt, processed.delayMs);
    throw processed.error;
  };

  async function replace({ item, delayMs }: Later, receipt: string | null): Promise<void> {
    await (receipt === null ? queue.enqueue(item, { delayMs }) : queue.postpone({ receipt }, delayMs, item));
  }

  /** If this fails, the host's own delay applies. */
  async function postpone(receipt: string, delayMs: number): Promise<void> {
    try {
      await queue.postpone({ receipt }, delayMs);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }
}
