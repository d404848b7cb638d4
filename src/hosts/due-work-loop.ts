import type { Clock } from '../ports/clock.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { Service } from '../service.ts';

const pauseMs = 1000;

/**
 * Takes up what is due, every second, until `signal` aborts; resolves when what was under way then is done.
 * A store that cannot be reached is told of once, until it is back.
 */
export async function runDueWorkLoop(
  service: Pick<Service, 'doDueWork'>,
  clock: Clock,
  telemetry: Telemetry,
  signal: AbortSignal,
): Promise<void> {
  let isStoreLost = false;
  while (!signal.aborted) {
    try {
      await service.doDueWork();
      isStoreLost = false;
    } catch (error) {
      if (!isStoreLost) telemetry.error('What is due cannot be taken up.', error);
      isStoreLost = true;
    }
    await clock.sleep(pauseMs, signal).catch(() => undefined);
  }
}
