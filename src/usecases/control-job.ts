import { newJob } from '../policy/admit.ts';
import type { BatchJob } from '../policy/batch-job.ts';
import { reset } from '../policy/by-hand.ts';
import type { ByHandAction } from '../ports/observer.ts';
import type { BatchJobKey } from '../ports/ledger.ts';
import { maxConflicts, tooManyWriters } from './conflicts.ts';
import { type ByHand, byHandEntry } from './by-hand.ts';
import type { Ports } from './ports.ts';
import { type BatchJobView, viewJob } from './read-jobs.ts';
import { writeJob } from './write-job.ts';

export type Control = ByHandAction;

/**
 * Resets, pauses or resumes a job, and records who asked for it. Resolves to the job as it is then, or to null
 * for one that has no record, which only a pause makes. Rejects with LedgerUnavailable.
 */
export function createControlJob(ports: Ports) {
  return async function controlJob(
    key: BatchJobKey,
    control: Control,
    asked: ByHand,
  ): Promise<BatchJobView | null> {
    for (let conflicts = 0; conflicts < maxConflicts; conflicts++) {
      const { job: known, version } = await ports.ledger.read(key, null);
      if (!known && control !== 'pause') return null;
      const job = known ?? {
        ...newJob(key.environment, { jobId: key.jobId, description: '', legalEntity: '' }),
        state: 'paused',
      };
      const changed = change(job, control, asked, ports.clock.now());
      const entry = byHandEntry(ports, control, asked, job, `BY-HAND-${ports.randomness.uuid()}`);
      const written = await writeJob(ports, key, version, changed, [], [entry]);
      if (written.kind !== 'written') continue;
      ports.observer.controlled(key, control, asked.reason);
      return viewJob(ports, changed);
    }
    throw tooManyWriters(key);
  };
}

function change(job: BatchJob, control: Control, { by, reason }: ByHand, now: Date): BatchJob {
  switch (control) {
    case 'reset':
      return reset(job, now);
    case 'pause':
      return { ...job, paused: { at: now, by, reason } };
    case 'resume':
      return { ...job, paused: null };
  }
}
