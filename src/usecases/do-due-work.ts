import pMap from 'p-map';
import { LedgerUnavailable } from '../ports/ledger.ts';
import { maxTries, type ReceivedWork, type Work } from '../ports/work-queue.ts';
import type { Ports } from './ports.ts';

/** Jobs that are taken up in one go, and how many of them at once. */
const limit = 32;
const concurrency = 8;

/**
 * Takes up what the work queue hands out now, for hosts that have no queue trigger. Resolves to how much that
 * was; rejects with LedgerUnavailable if the store cannot be reached.
 */
export function createDoDueWork(ports: Ports, takeUpJob: (work: Work) => Promise<void>) {
  return async function doDueWork(): Promise<number> {
    const due = await ports.queue.receive(limit);
    await pMap(due, takeUp, { concurrency });
    return due.length;
  };

  /** Work that fails, though the store is well, is handed out again, and set aside after too many tries. */
  async function takeUp(received: ReceivedWork): Promise<void> {
    try {
      await takeUpJob(received.work);
      await ports.queue.complete(received);
    } catch (error) {
      if (error instanceof LedgerUnavailable) throw error;
      const { jobId } = received.work;
      ports.telemetry.error(
        `Batch job ${jobId} could not be taken up, try ${received.tries} of ${maxTries}.`,
        error,
      );
      if (received.tries >= maxTries) await setAside(received, error);
    }
  }

  async function setAside(received: ReceivedWork, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    await ports.queue.setAside(received, reason);
    const { environment, jobId } = received.work;
    ports.telemetry.announced({ kind: 'set-aside', environment, jobId, reason });
  }
}
