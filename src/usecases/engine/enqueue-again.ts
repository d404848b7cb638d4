import { claimLeaseMs } from '../../domain/job/claim-request.ts';
import type { JobEvent } from '../../domain/job/job-event.ts';
import { failedRunWindow } from '../../domain/job/new-failures.ts';
import type { BatchJobKey, JobSnapshot } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';
import { enqueueLookUp } from './enqueue-look-up.ts';
import { enqueueWakeUp, isWakeUpInDoubt } from './wake-up.ts';

/**
 * Enqueues what the queue may lack of a failure that is delivered again: the wake-up, and the text that only its event
 * has. The telemetry is asked later, by the wake-up that takes the claim over.
 */
export async function enqueueAgain(
  ports: Ports,
  key: BatchJobKey,
  event: JobEvent,
  { job }: JobSnapshot,
  dueAt: Date | null,
): Promise<void> {
  if (!dueAt || !job?.wake || event.kind !== 'failure' || !isWakeUpInDoubt(job, event)) return;
  const { failure, text = null } = event;
  const window = failedRunWindow(job, job, failure, ports.clock.now());
  await Promise.all([
    enqueueWakeUp(ports, key, { ...job.wake, at: dueAt }, claimLeaseMs),
    text === null ? null : enqueueLookUp(ports, key.environment, failure, window, text),
  ]);
}
