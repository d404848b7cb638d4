import { firstLookUpMs } from '../../domain/cause/look-up-times.ts';
import type { RunWindow } from '../../domain/cause/run-window.ts';
import type { Failure } from '../../domain/failure.ts';
import { addMs } from '../../domain/instants.ts';
import { StoreUnavailable } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';

/** A text that the event brought waits only for the record of its failure to be written, in ms. */
const afterWriteMs = 2000;

/**
 * Enqueues the search for a failure's cause, if the event brings a text or the environment's telemetry can be asked.
 * No decision depends on it: if it cannot be enqueued, only the cause is missing.
 */
export async function enqueueLookUp(
  { queue, clock, failureTexts, telemetry }: Ports,
  environment: string,
  failure: Failure,
  window: RunWindow,
  text: string | null,
): Promise<void> {
  if (text === null && !failureTexts(environment)) return;
  const learnedAt = clock.now();
  const delayMs = text === null ? firstLookUpMs : afterWriteMs;
  const common = { environment, jobId: failure.jobId, dueAt: addMs(learnedAt, delayMs), faults: 0 };
  try {
    await queue.enqueue({ kind: 'find-cause', ...common, failure, learnedAt, window, text }, { delayMs });
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    const message = `The service does not look for the cause of batch job ${failure.jobId}'s failure.`;
    telemetry.record({ kind: 'error', message, error });
  }
}
