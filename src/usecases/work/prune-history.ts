import type { Ports } from '../../ports/ports.ts';
import { allJobs } from '../engine/all-jobs.ts';

/** How long the service keeps events, history and runs, in days: longer than the 30 days of Power Automate's runs. */
export const keptDays = 90;

/** The sweep logs each job whose record cannot be read. */
const passOver = () => undefined;

/** Prunes older events and history, job by job, and older runs and causes. Resolves to the count of entries. */
export function createPruneHistory(ports: Ports, environments: readonly string[]) {
  return async function pruneHistory(): Promise<number> {
    const instant = new Date(ports.clock.now().getTime() - keptDays * 86_400_000);
    let pruned = 0;
    for await (const { environment, jobId } of allJobs(ports.ledger, passOver)) {
      pruned += await ports.ledger.prune({ environment, jobId }, instant);
    }
    for (const environment of environments) {
      pruned += await ports.runs.prune(environment, instant);
      pruned += await ports.causes.prune(environment, instant);
    }
    return pruned;
  };
}
