import { nextDueAt } from '../policy/batch-job.ts';
import { eachJob } from './each-job.ts';
import type { Ports } from './ports.ts';

/** What is due for longer than this, in ms, has lost its item in the work queue. */
const overdueMs = 10 * 60_000;

/**
 * Puts into the work queue again every job whose item was lost: set aside, or never put by a process that died
 * at the wrong instant. Resolves to how many those were.
 */
export function createSweep(ports: Ports, environments: readonly string[]) {
  return async function sweep(): Promise<number> {
    const now = ports.clock.now();
    let found = 0;
    const oldest = new Map(environments.map((environment) => [environment, 0]));
    for await (const job of eachJob(ports.ledger)) {
      const due = nextDueAt(job);
      const forMs = due ? now.getTime() - due.getTime() : 0;
      oldest.set(job.environment, Math.max(oldest.get(job.environment) ?? 0, forMs));
      if (!due || forMs < overdueMs) continue;
      found += 1;
      ports.telemetry.warning(`Batch job ${job.jobId} was due at ${due.toISOString()}: it is taken up now.`);
      await ports.queue.put({ environment: job.environment, jobId: job.jobId, dueAt: now });
    }
    for (const [environment, forMs] of oldest) ports.observer.oldestDue(environment, forMs);
    return found;
  };
}
