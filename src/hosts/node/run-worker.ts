import type { Clock } from '../../ports/clock.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { Service } from '../../service.ts';

const pauseMs = 1000;
const hourMs = 3_600_000;

/**
 * Does what timers and the queue's trigger do on Azure: takes up what is due, every second, looks for what was
 * lost, every hour, and forgets what is old, every day, until `signal` aborts; resolves when what was under way
 * then is done. A store that cannot be reached is told of once, until it is back.
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
    try {
      await service.pollWorkQueue();
      await sweep();
      await prune();
      isStoreLost = false;
    } catch (error) {
      if (!isStoreLost) {
        telemetry.record({ kind: 'error', message: 'What is due cannot be taken up.', error });
      }
      isStoreLost = true;
    }
    await clock.sleep(pauseMs, signal).catch(() => undefined);
  }
}

/** Does it the first time it is called, and then again once so much time has passed. */
function every(ms: number, clock: Clock, act: () => Promise<unknown>): () => Promise<void> {
  let nextAt = 0;
  return async () => {
    const now = clock.now().getTime();
    if (now < nextAt) return;
    nextAt = now + ms;
    await act();
  };
}
