import { failuresToldUntil } from '../../domain/watch/watch-state.ts';
import { StoreUnavailable } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';

const never = new Date(0);

/** Until when the watch has told which runs failed; null if only events tell. Where that cannot be read, it told none. */
export async function toldUntil(
  { runs, clock }: Pick<Ports, 'runs' | 'clock'>,
  environment: string,
): Promise<Date | null> {
  try {
    return failuresToldUntil(await runs.readWatch(environment), clock.now());
  } catch (error) {
    if (error instanceof StoreUnavailable) return never;
    throw error;
  }
}
