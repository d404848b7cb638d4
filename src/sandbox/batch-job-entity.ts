import type { SimulatedBatchJob } from './batch-job.ts';
import type { JsonObject } from './json.ts';
import { jsonNumber } from './json.ts';

/**
 * All properties of the entity, in versions 10.0.13 to 10.0.47. The types of `StartDate` to `SaveJobToHistory`
 * follow the table BatchJob of the Common Data Model and F&O's usual OData; their values here mean nothing.
 */
export const entityProperties = [
  'BatchJobRecId',
  'JobDescription',
  'Status',
  'CompanyAccounts',
  'OrigStartDateTime',
  'StartDateTime',
  'EndDateTime',
  'StartDate',
  'StartTime',
  'ExecutingBy',
  'CanceledBy',
  'PartitionKey',
  'RuntimeJob',
  'Finishing',
  'SaveJobToHistory',
  'Recurrence',
] as const;

type EntityProperty = (typeof entityProperties)[number];

/** F&O has no null dates: 1900-01-01 means none. */
const noDate = new Date('1900-01-01T00:00:00Z');

/**
 * Writes the job as an OData entity, with every digit of an int64, as F&O does unless a client asks for
 * IEEE754Compatible.
 */
export function toEntity(job: SimulatedBatchJob, select: readonly string[] | null): JsonObject {
  const { status, scheduledAt, endedAt, ...shown } = job.shown;
  const startedAt = shownTime(shown.startedAt);
  const entity: Record<EntityProperty, unknown> = {
    BatchJobRecId: jsonNumber(job.jobId),
    JobDescription: job.description,
    Status: status,
    CompanyAccounts: job.legalEntity,
    OrigStartDateTime: isoSeconds(shownTime(scheduledAt)),
    StartDateTime: isoSeconds(startedAt),
    EndDateTime: isoSeconds(shownTime(endedAt)),
    StartDate: `${startedAt.toISOString().slice(0, 10)}T12:00:00Z`,
    StartTime: secondOfDay(startedAt),
    ExecutingBy: status === 'Executing' ? 'Admin' : '',
    CanceledBy: job.canceledBy,
    PartitionKey: 'initial',
    RuntimeJob: job.runtimeJob ? 'Yes' : 'No',
    Finishing: 0,
    SaveJobToHistory: 'Always',
    Recurrence: job.recurrence ? btoa(`every ${job.recurrence.everyMs} ms`) : '',
  };
  if (!select) return entity;
  return Object.fromEntries(Object.entries(entity).filter(([name]) => select.includes(name)));
}

/** A time as the entity shows it, and as its filters compare it: in whole seconds. */
export function shownTime(at: Date | null): Date {
  return at ? new Date(Math.floor(at.getTime() / 1000) * 1000) : noDate;
}

function isoSeconds(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

function secondOfDay(at: Date): number {
  return Math.floor((at.getTime() % 86_400_000) / 1000) || 0;
}
