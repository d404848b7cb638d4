import pMap from 'p-map';
import { StoreUnavailable } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';
import type { ReceivedWork } from '../../ports/work-queue.ts';
import type { ProcessWork } from './process-work.ts';

/** How many items one poll receives, and how many it processes at the same time. */
const limit = 32;
const concurrency = 8;

/**
 * Processes what the work queue delivers now, for hosts that have no queue trigger. Resolves to the count of items.
 * If the store was unavailable, rejects with StoreUnavailable once every item is processed or given back.
 */
export function createPollWorkQueue({ queue }: Pick<Ports, 'queue'>, processWork: ProcessWork) {
  return async function pollWorkQueue(): Promise<number> {
    const due = await queue.receive(limit);
    const errors = await pMap(due, handle, { concurrency });
    const unavailable = errors.find((error) => error !== null);
    if (unavailable) throw unavailable;
    return due.length;
  };

  async function handle(received: ReceivedWork): Promise<StoreUnavailable | null> {
    try {
      const processed = await processWork(received.item, received.deliveryCount);
      if (processed.kind === 'give-back') {
        await queue.postpone(received, processed.delayMs);
        return processed.error;
      }
      if (processed.kind === 'later') await queue.postpone(received, processed.delayMs, processed.item);
      else await queue.complete(received);
      return null;
    } catch (error) {
      if (error instanceof StoreUnavailable) return error;
      throw error;
    }
  }
}
