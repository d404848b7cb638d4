import { LedgerUnavailable } from '../ports/ledger.ts';
import { maxTries, parseWork, type Work } from '../ports/work-queue.ts';
import type { Ports } from './ports.ts';

/** How long work waits for a store that cannot be reached, in ms. */
const storeLostMs = 60_000;

/**
 * Does work for a host whose queue trigger counts each rejection as a try, and sets an item aside itself after
 * `maxTries`: that is announced. A store that cannot be reached is no fault of the work: it is put into the
 * queue again instead.
 */
export function createDoQueuedWork(ports: Ports, doWork: (work: Work) => Promise<void>) {
  return async function doQueuedWork(item: unknown, tries: number): Promise<void> {
    const work = parseWork(item);
    try {
      if (!work) throw new Error('The message is no work: others may put messages into the queue.');
      await doWork(work);
    } catch (error) {
      if (work && error instanceof LedgerUnavailable) {
        ports.telemetry.error(
          `What is due for batch job ${work.jobId} is done later: the store cannot be reached.`,
          error,
        );
        await ports.queue.put({ ...work, dueAt: new Date(ports.clock.now().getTime() + storeLostMs) });
        return;
      }
      const what = work ? `What is due for batch job ${work.jobId}` : 'A message in the work queue';
      ports.telemetry.error(`${what} failed, try ${tries} of ${maxTries}.`, error);
      if (tries >= maxTries) announceSetAside(work, error);
      throw error;
    }
  };

  function announceSetAside(work: Work | null, error: unknown): void {
    const { environment = '', jobId = null } = work ?? {};
    const reason = error instanceof Error ? error.message : String(error);
    const noNotification = { notificationId: null, episode: null };
    ports.telemetry.announced({ kind: 'set-aside', ...noNotification, environment, jobId, reason });
  }
}
