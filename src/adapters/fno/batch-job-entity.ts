import { parseJobId } from '../../domain/job-id.ts';
import type { Observation } from '../../domain/outcome.ts';
import { parseFnoTime } from '../../events/fno-time.ts';
import { isObject } from '../../events/schema-validator.ts';
import type { ListedBatchJob } from '../../ports/batch-jobs.ts';

/**
 * Reads the entity BatchJobs as OData gives it; null without a status. Absent dates are 1900-01-01. Recurrence is
 * Edm.Binary (base64 text): it only matters whether it is empty.
 * @see https://learn.microsoft.com/dynamics365/fin-ops-core/dev-itpro/data-entities/odata
 */
export function toObservation(entity: Record<string, unknown>, readAt: Date | null): Observation | null {
  const status = entity['Status'];
  if (typeof status !== 'string') return null;
  return {
    status: statusOf(status.slice(0, 50)),
    startedAt: parseFnoTime(entity['StartDateTime']),
    endedAt: parseFnoTime(entity['EndDateTime']),
    scheduledAt: parseFnoTime(entity['OrigStartDateTime']),
    isRecurring: readText(entity['Recurrence'], 100).trim() !== '',
    readAt,
    description: readText(entity['JobDescription'], 1000),
    legalEntity: readText(entity['CompanyAccounts'], 100),
  };
}

const statuses = 'Hold Waiting Executing Error Finished Ready NotRun Cancelling Canceled Scheduled'.split(
  ' ',
);

/** Spells a status as F&O's enum BatchStatus does; keeps an unknown one as it came. */
export function statusOf(text: string): string {
  return statuses.find((status) => status.toLowerCase() === text.trim().toLowerCase()) ?? text;
}

/** Reads the jobs in a list's rows. Skips a row without an id or a status. */
export function toListedJobs(rows: readonly unknown[], readAt: Date | null): ListedBatchJob[] {
  return rows.flatMap((row) => {
    if (!isObject(row)) return [];
    const jobId = parseJobId(String(row['BatchJobRecId']));
    const observation = toObservation(row, readAt);
    return jobId && observation ? [{ jobId, ...observation }] : [];
  });
}

export function readText(value: unknown, maxLength: number): string {
  return typeof value === 'string' ? value.toWellFormed().slice(0, maxLength) : '';
}
