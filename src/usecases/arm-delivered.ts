import type { BatchJob } from '../policy/batch-job.ts';
import { claimLeaseMs } from '../policy/next-step.ts';
import type { BatchJobKey } from '../ports/ledger.ts';
import type { Ports } from './ports.ts';

/** When the work queue looks at a job for which something came from outside, in ms: after any claim's lease. */
export const lookAgainMs = claimLeaseMs + 5000;

/**
 * For a job whose item for `wakeAt` is in the work queue already: a failure that is due before gets one of its
 * own.
 */
export async function armDelivered(
  ports: Ports,
  key: BatchJobKey,
  job: BatchJob,
  wakeAt: Date,
): Promise<BatchJob> {
  const due = job.claim ? null : job.waiting?.dueAt;
  if (due && due < wakeAt) await ports.queue.put({ ...key, dueAt: due });
  return { ...job, wakeAt };
}
