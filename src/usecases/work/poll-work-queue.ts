import pMap from 'p-map';
import { StoreUnavailable } from '../../ports/ledger.ts';
import { OtherVersion } from '../../ports/other-version.ts';
import type { Ports } from '../../ports/ports.ts';
import { itemsOfPoll, type ReceivedWork } from '../../ports/work-queue.ts';
import type { ProcessWork } from './process-work.ts';

/** How many items one poll processes at the same time. */
const concurrency = 16;

/**
 * Processes what the work queue delivers now, for hosts that have no queue trigger. Resolves to the count of items.
 * If the store was unavailable, rejects with StoreUnavailable once every item is processed or given back. Logs each
 * item that meets a record of another version: the store works for the others.
 */
export function createPollWorkQueue(
  { queue, telemetry }: Pick<Ports, 'queue' | 'telemetry'>,
  processWork: ProcessWork,
) {
  return async function pollWorkQueue(): Promise<number> {
    const due = await queue.receive(itemsOfPoll);
    const errors = await pMap(due, handle, { concurrency });
    const unavailable = errors.find((error) => error !== null);
    if (unavailable) throw unavailable;
    return due.length;
  };

  async function handle(received: ReceivedWork): Promise<StoreUnavailable | null> {
    try {
      const processed = await processWork(received.item);
      if (processed.kind === 'give-back') {
        await queue.postpone(received, processed.delayMs);
        return logOtherVersion(received.item, processed.error);
      }
      if (processed.kind === 'later') await queue.postpone(received, processed.delayMs, processed.item);
      else await queue.complete(received);
      return null;
    } catch (error) {
      if (error instanceof StoreUnavailable) return error;
      throw error;
    }
  }

  function logOtherVersion(item: ReceivedWork['item'], error: StoreUnavailable): StoreUnavailable | null {
    if (!(error instanceof OtherVersion) || item.kind === 'unreadable') return error;
    telemetry.record({ kind: 'error', message: `Batch job ${item.jobId} (${item.kind}) waits.`, error });
    return null;
  }
}
