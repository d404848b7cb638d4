import type { Clock } from '../../ports/clock.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { Service } from '../../service.ts';

/**
 * Does what a timer does on Azure, until `signal` aborts: looks at the environments. Beside the worker, because F&O
 * may take long to answer a search.
 */
export async function runWatch(
  service: Pick<Service, 'watch'>,
  everyMinutes: number | null,
  clock: Clock,
  telemetry: Telemetry,
  signal: AbortSignal,
): Promise<void> {
  if (everyMinutes === null) return;
  while (!signal.aborted) {
    try {
      await service.watch();
    } catch (error) {
      telemetry.record({ kind: 'error', message: 'The watch failed.', error });
    }
    await clock.sleep(everyMinutes * 60_000, signal).catch(() => undefined);
  }
}
