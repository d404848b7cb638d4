import { addMs } from '../../domain/instants.ts';
import { type BatchJob, nextDueAt, type Outbox } from '../../domain/job/batch-job.ts';
import { claimLeaseMs } from '../../domain/job/claim-request.ts';
import type { UnreadableJob } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';
import { allJobs } from '../engine/all-jobs.ts';

/** A job that has been due for longer than this, in ms, has lost its item in the work queue. */
export const overdueMs = 10 * 60_000;

/**
 * Enqueues what lost its item because a process died at the wrong instant: the wake-up of an overdue job, and an
 * outbox that no process published. Resolves to the count of such jobs. Leaves dead letters to people.
 */
export function createSweep(ports: Ports, environments: readonly string[]) {
  return async function sweep(): Promise<number> {
    const now = ports.clock.now();
    let found = 0;
    const oldest = new Map(environments.map((environment) => [environment, 0]));
    const warn = ({ unreadable: { message } }: UnreadableJob) =>
      ports.telemetry.record({ kind: 'warning', message });
    for await (const job of allJobs(ports.ledger, warn)) {
      const overdue = overdueSince(job, now);
      const forMs = overdue ? now.getTime() - overdue.getTime() : 0;
      oldest.set(job.environment, Math.max(oldest.get(job.environment) ?? 0, forMs));
      if (!overdue || forMs < overdueMs) continue;
      found += 1;
      const message = `Batch job ${job.jobId} was due at ${overdue.toISOString()}: it is queued again.`;
      ports.telemetry.record({ kind: 'warning', message });
      await requeue(job, now);
    }
    for (const [environment, forMs] of oldest) {
      ports.telemetry.record({ kind: 'oldest-due', environment, forMs });
    }
    return found;
  };

  /** Delays a wake-up by a lease: a claim then keeps its lease, whatever the clocks say. */
  async function requeue({ environment, jobId, wake, outbox }: BatchJob, now: Date): Promise<void> {
    const item = { environment, jobId, dueAt: now, faults: 0 };
    if (publishAt(outbox)) await ports.queue.enqueue({ kind: 'publish', ...item });
    if (!wake || wake.isDeadLettered) return;
    const delayed = { ...item, dueAt: addMs(now, claimLeaseMs) };
    await ports.queue.enqueue({ kind: 'wake', ...delayed, wakeId: wake.id }, { delayMs: claimLeaseMs });
  }
}

/** Since when the job's wake-up, or the publishing of its outbox, is overdue. */
function overdueSince(job: BatchJob, now: Date): Date | null {
  const dueAt = job.wake?.isDeadLettered ? null : nextDueAt(job);
  const all = [dueAt, publishAt(job.outbox)].filter((at) => at !== null && at <= now);
  return all.reduce((oldest, at) => (oldest === null || (at !== null && at < oldest) ? at : oldest), null);
}

function publishAt({ messages, isDeadLettered }: Outbox): Date | null {
  return isDeadLettered ? null : (messages[0]?.at ?? null);
}
