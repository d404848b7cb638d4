import { decodeHistoryEntry } from '../../src/adapters/shared/record-codec.ts';
import { parseJobId } from '../../src/domain/job-id.ts';
import { type BatchJob, newJob } from '../../src/domain/job/batch-job.ts';
import type { BatchJobKey, LedgerChange, NewHistoryEntry } from '../../src/ports/ledger.ts';
import { recordVersion } from '../../src/ports/other-version.ts';

/** Records that are only stored here, never decided on, and so hold just enough to tell one from another. */
export function aStoredJob({ environment, jobId }: BatchJobKey, retriesUsed = 0, description = ''): BatchJob {
  const job = newJob(environment, { jobId, description, legalEntity: '' });
  return { ...job, episode: { ...job.episode, retriesUsed } };
}

export function anEntry(eventId: string, at = new Date()): NewHistoryEntry {
  return decodeHistoryEntry(
    JSON.stringify({ recordVersion, at, kind: 'failure', eventId, reason: 'Because.' }),
  );
}

export function aKey(jobId = '5637144576', environment = 'default'): BatchJobKey {
  const id = parseJobId(jobId);
  if (id === null) throw new Error(`${jobId} is no job id`);
  return { environment, jobId: id };
}

export function aChange(job: BatchJob, more: Partial<LedgerChange> = {}): LedgerChange {
  return { at: new Date(), job, eventIds: [], history: [], ...more };
}
