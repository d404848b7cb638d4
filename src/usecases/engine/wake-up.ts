import { type BatchJob, type Claim, isLeased, nextDueAt, type Wake } from '../../domain/job/batch-job.ts';
import type { JobEvent } from '../../domain/job/job-event.ts';
import type { BatchJobKey } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';

/**
 * The wake-up that the record must name. A claim gets a new one, because it is the claim's lease and the queue may
 * still deliver copies of an older one. A wake-up that the queue has delivered is kept for the next due time.
 * Another one is kept if it comes in time.
 */
export function wakeUpFor(
  job: BatchJob,
  event: JobEvent,
  request: Claim | null,
  heldWakeId: string | undefined,
  newId: string,
): Wake | null {
  const { wake } = job;
  if (!changesWhatIsDue(event)) return wake;
  const dueAt = nextDueAt(job);
  if (!dueAt) return null;
  if (wake && !request) {
    if (wake.id === heldWakeId) return { ...wake, at: dueAt };
    if (!wake.isDeadLettered && wake.at <= dueAt) return wake;
  }
  return { id: newId, at: dueAt, isDeadLettered: false };
}

/** A dead letter stays one until an event changes its job. */
function changesWhatIsDue({ kind }: JobEvent): boolean {
  return kind !== 'dead-lettered' && kind !== 'publishing' && kind !== 'published' && kind !== 'cause-found';
}

export function enqueueWakeUp(
  { queue }: Ports,
  key: BatchJobKey,
  { id, at }: Wake,
  delayMs: number,
): Promise<void> {
  return queue.enqueue({ kind: 'wake', ...key, dueAt: at, faults: 0, wakeId: id }, { delayMs });
}

/**
 * Whether the queue may lack the wake-up that a record names. The process that claims a request for a delivered
 * failure writes the claim and enqueues its wake-up at the same time: while the claim is leased, that process may have
 * died between the two. Every other record names a wake-up that the queue has. Only a failure makes it sure, because
 * only a failure is answered with the promise that the service handles it.
 */
export function isWakeUpInDoubt(job: BatchJob, event: JobEvent): boolean {
  return event.kind === 'failure' && isLeased(job);
}
