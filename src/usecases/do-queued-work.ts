import { LedgerUnavailable } from '../ports/ledger.ts';
import { maxTries, type Work } from '../ports/work-queue.ts';
import type { Ports } from './ports.ts';

/** How long work waits for a store that cannot be reached, in ms. */
const storeLostMs = 60_000;

/**
 * Does work for a host whose queue trigger counts each rejection as a try, and sets work aside itself after
 * `maxTries`. A store that cannot be reached is no fault of the work: it is put into the queue again instead.
 */
export function createDoQueuedWork(ports: Ports, doWork: (work: Work) => Promise<void>) {
  return async function doQueuedWork(work: Work, tries: number): Promise<void> {
    try {
      await doWork(work);
    } catch (error) {
      const { environment, jobId } = work;
      if (error instanceof LedgerUnavailable) {
        ports.telemetry.error(
          `What is due for batch job ${jobId} is done later: the store cannot be reached.`,
          error,
        );
        await ports.queue.put({ ...work, dueAt: new Date(ports.clock.now().getTime() + storeLostMs) });
        return;
      }
      ports.telemetry.error(`What is due for batch job ${jobId} failed, try ${tries} of ${maxTries}.`, error);
      if (tries >= maxTries) {
        const reason = error instanceof Error ? error.message : String(error);
        ports.telemetry.announced({
          kind: 'set-aside',
          notificationId: null,
          episode: null,
          environment,
          jobId,
          reason,
        });
      }
      throw error;
    }
  };
}
