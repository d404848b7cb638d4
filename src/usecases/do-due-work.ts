import pMap from 'p-map';
import { LedgerUnavailable } from '../ports/ledger.ts';
import { maxTries, type ReceivedWork, type Work } from '../ports/work-queue.ts';
import type { Ports } from './ports.ts';

/** Items that are done in one go, and how many of them at once. */
const limit = 32;
const concurrency = 8;

/**
 * Does what the work queue hands out now, for hosts that have no queue trigger. Resolves to how much that
 * was; rejects with LedgerUnavailable if the store cannot be reached.
 */
export function createDoDueWork(ports: Ports, doWork: (work: Work) => Promise<void>) {
  return async function doDueWork(): Promise<number> {
    const due = await ports.queue.receive(limit);
    await pMap(due, handle, { concurrency });
    return due.length;
  };

  /** Work that fails, though the store is well, is handed out again, and set aside after too many tries. */
  async function handle(received: ReceivedWork): Promise<void> {
    try {
      await doWork(received.work);
      await ports.queue.complete(received);
    } catch (error) {
      if (error instanceof LedgerUnavailable) throw error;
      const { jobId } = received.work;
      ports.telemetry.error(
        `What is due for batch job ${jobId} failed, try ${received.tries} of ${maxTries}.`,
        error,
      );
      if (received.tries >= maxTries) await setAside(received, error);
    }
  }

  async function setAside(received: ReceivedWork, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    await ports.queue.setAside(received, reason);
    const { environment, jobId } = received.work;
    ports.telemetry.announced({
      kind: 'set-aside',
      notificationId: null,
      episode: null,
      environment,
      jobId,
      reason,
    });
  }
}
