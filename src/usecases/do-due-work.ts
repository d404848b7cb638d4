import pMap from 'p-map';
import type { Admission } from '../policy/admit.ts';
import { dueAt } from '../policy/batch-job.ts';
import { type BatchJobKey, type LedgerPage, LedgerUnavailable } from '../ports/ledger.ts';
import { advanceJob } from './advance-job.ts';
import { Deadline } from './deadline.ts';
import type { Ports } from './ports.ts';
import { tellDecisions } from './tell-decisions.ts';

/** Jobs that are taken up in one go, and how many of them at once. */
const limit = 64;
const concurrency = 8;

/**
 * Takes up every job that is due: deferred failures, and claims that a dead process or a lost answer left.
 * Resolves to how many it took up; rejects with LedgerUnavailable if the store cannot be reached.
 */
export function createDoDueWork(ports: Ports, environments: readonly string[], budgetMs: number) {
  return async function doDueWork(): Promise<number> {
    const due = await ports.ledger.due(environments, ports.clock.now(), limit);
    await pMap(due, takeUp, { concurrency });
    return due.length;
  };

  async function takeUp(key: BatchJobKey): Promise<void> {
    try {
      const advanced = await advanceJob(
        ports,
        key,
        null,
        admitWhatIsDue,
        new Deadline(ports.clock, budgetMs),
      );
      if (advanced.kind === 'decided') tellDecisions(ports, key.environment, advanced.decided);
    } catch (error) {
      if (error instanceof LedgerUnavailable) throw error;
      ports.telemetry.error(`Batch job ${key.jobId} could not be taken up.`, error);
    }
  }
}

/** Another process may have taken the job up meanwhile: then there is nothing left to do. */
function admitWhatIsDue({ job }: LedgerPage, now: Date): Admission {
  const due = job && dueAt(job);
  if (!due || due > now) return { kind: 'duplicate', dueAt: due, reason: 'Another process took the job up.' };
  return { kind: 'admitted', job, decided: [] };
}
