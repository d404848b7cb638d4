import type { SimulatedBatchJob } from './batch-job.ts';
import { batchStatuses } from './batch-status.ts';
import { jsonNumber } from './json.ts';
import { isoSeconds, shownTime, type ODataEntity } from './odata-entity.ts';

const enums = 'Microsoft.Dynamics.DataEntities';

/**
 * All properties of the entity, in versions 10.0.13 to 10.0.47. The types of `StartDate` to `SaveJobToHistory`
 * follow the table BatchJob of the Common Data Model and F&O's usual OData; their values here mean nothing.
 */
const properties = {
  BatchJobRecId: 'Edm.Int64',
  JobDescription: 'Edm.String',
  Status: `${enums}.BatchStatus`,
  CompanyAccounts: 'Edm.String',
  OrigStartDateTime: 'Edm.DateTimeOffset',
  StartDateTime: 'Edm.DateTimeOffset',
  EndDateTime: 'Edm.DateTimeOffset',
  StartDate: 'Edm.DateTimeOffset',
  StartTime: 'Edm.Int32',
  ExecutingBy: 'Edm.String',
  CanceledBy: 'Edm.String',
  PartitionKey: 'Edm.String',
  RuntimeJob: `${enums}.NoYes`,
  Finishing: 'Edm.Int32',
  SaveJobToHistory: 'Edm.String',
  Recurrence: 'Edm.Binary',
} as const;

/**
 * Writes a job with every digit of an int64, as F&O does unless a client asks for IEEE754Compatible. Filters and
 * orders see what the entity shows, which may be late.
 */
export const batchJobEntity: ODataEntity<SimulatedBatchJob> = {
  set: 'BatchJobs',
  type: 'BatchJob',
  key: 'BatchJobRecId',
  properties,
  filterFields: {
    BatchJobRecId: { kind: 'int64', of: ({ jobId }) => jobId },
    JobDescription: { kind: 'text', of: ({ description }) => description },
    Status: { kind: 'enum', name: 'BatchStatus', values: batchStatuses, of: ({ shown }) => shown.status },
    RuntimeJob: { kind: 'enum', name: 'NoYes', values: ['No', 'Yes'], of: yesOrNo },
    StartDateTime: { kind: 'time', of: ({ shown }) => shown.startedAt },
    EndDateTime: { kind: 'time', of: ({ shown }) => shown.endedAt },
    OrigStartDateTime: { kind: 'time', of: ({ shown }) => shown.scheduledAt },
  },
  write: (job) => {
    const { status, scheduledAt, startedAt, endedAt } = job.shown;
    return {
      BatchJobRecId: jsonNumber(job.jobId),
      JobDescription: job.description,
      Status: job.traits.statusLabels[status] ?? status,
      CompanyAccounts: job.legalEntity,
      OrigStartDateTime: isoSeconds(scheduledAt),
      StartDateTime: isoSeconds(startedAt),
      EndDateTime: isoSeconds(endedAt),
      StartDate: `${isoSeconds(startedAt).slice(0, 10)}T12:00:00Z`,
      StartTime: secondOfDay(shownTime(startedAt)),
      ExecutingBy: status === 'Executing' ? 'Admin' : '',
      CanceledBy: job.canceledBy,
      PartitionKey: 'initial',
      RuntimeJob: yesOrNo(job),
      Finishing: 0,
      SaveJobToHistory: job.traits.history,
      Recurrence: job.recurrence ? btoa(`every ${job.recurrence.everyMs} ms`) : '',
    } satisfies Record<keyof typeof properties, unknown>;
  },
  placeOf: ({ jobId, shown }) => ({ id: BigInt(jobId), endedAt: shownTime(shown.endedAt).getTime() }),
};

function yesOrNo({ runtimeJob }: SimulatedBatchJob): string {
  return runtimeJob ? 'Yes' : 'No';
}

function secondOfDay(at: Date): number {
  return Math.floor((at.getTime() % 86_400_000) / 1000) || 0;
}
