import type { JsonObject } from './json.ts';
import type { SimulatedBatchJob } from './batch-job.ts';
import { jsonNumber } from './json.ts';

export const entityProperties = [
  'BatchJobRecId',
  'JobDescription',
  'Status',
  'CompanyAccounts',
  'StartDateTime',
  'EndDateTime',
  'OrigStartDateTime',
  'ExecutingBy',
  'CanceledBy',
  'RuntimeJob',
  'Recurrence',
] as const;

type EntityProperty = (typeof entityProperties)[number];

/** The job as an OData entity; int64 with every digit, as F&O writes it unless asked for IEEE754Compatible. */
export function toEntity(job: SimulatedBatchJob, select: readonly string[] | null): JsonObject {
  const entity: Record<EntityProperty, unknown> = {
    BatchJobRecId: jsonNumber(job.jobId),
    JobDescription: job.description,
    Status: job.status,
    CompanyAccounts: job.legalEntity,
    StartDateTime: isoSeconds(job.startedAt),
    EndDateTime: isoSeconds(job.endedAt),
    OrigStartDateTime: isoSeconds(job.createdAt),
    ExecutingBy: job.status === 'Executing' ? 'Admin' : '',
    CanceledBy: job.canceledBy,
    RuntimeJob: 'No',
    Recurrence: job.recurring ? 'Every day' : '',
  };
  if (!select) return entity;
  return Object.fromEntries(Object.entries(entity).filter(([name]) => select.includes(name)));
}

/** F&O has no null dates: 1900-01-01 means none. */
function isoSeconds(at: Date | null): string {
  return at ? `${at.toISOString().slice(0, 19)}Z` : '1900-01-01T00:00:00Z';
}
