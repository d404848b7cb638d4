import { type BatchJobKey, LedgerUnavailable } from '../ports/ledger.ts';

/** Writers of one job that come between; more at once than any environment's failures of one job. */
export const maxConflicts = 20;

export function tooManyWriters({ jobId }: Pick<BatchJobKey, 'jobId'>): LedgerUnavailable {
  return new LedgerUnavailable(`Batch job ${jobId} is being written by too many at once.`);
}
