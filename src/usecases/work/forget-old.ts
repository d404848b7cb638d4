import type { Ports } from '../../ports/ports.ts';
import { eachJob } from '../engine/each-job.ts';

/** How long events and history are kept, in days: longer than the 30 days of Power Automate's runs. */
const keptDays = 90;

/** Forgets events and history that are older, job by job. Resolves to how many entries that were. */
export function createForgetOld(ports: Ports) {
  return async function forgetOld(): Promise<number> {
    const instant = new Date(ports.clock.now().getTime() - keptDays * 86_400_000);
    let forgotten = 0;
    for await (const { environment, jobId } of eachJob(ports.ledger)) {
      forgotten += await ports.ledger.forget({ environment, jobId }, instant);
    }
    return forgotten;
  };
}
