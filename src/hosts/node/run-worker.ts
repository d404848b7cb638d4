import type { Clock } from '../../ports/clock.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { itemsOfPoll } from '../../ports/work-queue.ts';
import type { Service } from '../../service.ts';

const pauseMs = 1000;
const hourMs = 3_600_000;

/**
 * Does what timers and the queue's trigger do on Azure, until `signal` aborts: polls the work queue every second, and at
 * once if a poll was full; sweeps every hour, and prunes the history every day. Resolves when the work that is running
 * then is done. Logs a store that cannot be reached once, until it answers again.
 */
export async function runWorker(
  service: Pick<Service, 'pollWorkQueue' | 'sweep' | 'pruneHistory'>,
  clock: Clock,
  telemetry: Telemetry,
  signal: AbortSignal,
): Promise<void> {
  let isStoreLost = false;
  const sweep = every(hourMs, clock, service.sweep);
  const prune = every(24 * hourMs, clock, service.pruneHistory);
  while (!signal.aborted) {
    let isFull = false;
    try {
      isFull = (await service.pollWorkQueue()) === itemsOfPoll;
      await sweep();
      await prune();
      isStoreLost = false;
    } catch (error) {
      if (!isStoreLost) {
        telemetry.record({ kind: 'error', message: 'Due work cannot be processed.', error });
      }
      isStoreLost = true;
    }
    if (!isFull) await clock.sleep(pauseMs, signal).catch(() => undefined);
  }
}

/** Runs `act` on the first call, and then on the first call after each interval. */
function every(ms: number, clock: Clock, act: () => Promise<unknown>): () => Promise<void> {
  let nextAt = 0;
  return async () => {
    const now = clock.now().getTime();
    if (now < nextAt) return;
    nextAt = now + ms;
    await act();
  };
}
