import type { BatchStatus } from './batch-status.ts';
import { batchStatuses } from './batch-status.ts';
import { jsonNumber } from './json.ts';
import { isoSeconds, shownTime, type ODataEntity } from './odata-entity.ts';

/** A run that ended, as F&O's batch history keeps it: also of a job that was deleted since. */
export interface HistoryRow {
  /** Int64 in decimal digits. */
  readonly recordId: string;
  readonly jobId: string;
  readonly description: string;
  readonly legalEntity: string;
  readonly status: BatchStatus;
  /** What OData shows in place of the status, if anything. */
  readonly label?: string | undefined;
  readonly scheduledAt: Date | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date;
}

/**
 * F&O's "Batch jobs history". Whether OData shows it at all, and under which name, is not documented, nor its key:
 * `BatchJobHistoryRecId` is invented here.
 */
export function historyEntity(set: string): ODataEntity<HistoryRow> {
  return {
    set,
    type: 'BatchJobHistory',
    key: 'BatchJobHistoryRecId',
    properties: {
      BatchJobHistoryRecId: 'Edm.Int64',
      BatchJobID: 'Edm.Int64',
      JobDescription: 'Edm.String',
      Status: 'Microsoft.Dynamics.DataEntities.BatchStatus',
      OrigStartDateTime: 'Edm.DateTimeOffset',
      StartDateTime: 'Edm.DateTimeOffset',
      EndDateTime: 'Edm.DateTimeOffset',
      Company: 'Edm.String',
    },
    filterFields: {
      BatchJobID: { kind: 'int64', of: ({ jobId }) => jobId },
      JobDescription: { kind: 'text', of: ({ description }) => description },
      Company: { kind: 'text', of: ({ legalEntity }) => legalEntity },
      Status: { kind: 'enum', name: 'BatchStatus', values: batchStatuses, of: ({ status }) => status },
      StartDateTime: { kind: 'time', of: ({ startedAt }) => startedAt },
      EndDateTime: { kind: 'time', of: ({ endedAt }) => endedAt },
      OrigStartDateTime: { kind: 'time', of: ({ scheduledAt }) => scheduledAt },
    },
    write: (row) => ({
      BatchJobHistoryRecId: jsonNumber(row.recordId),
      BatchJobID: jsonNumber(row.jobId),
      JobDescription: row.description,
      Status: row.label ?? row.status,
      OrigStartDateTime: isoSeconds(row.scheduledAt),
      StartDateTime: isoSeconds(row.startedAt),
      EndDateTime: isoSeconds(row.endedAt),
      Company: row.legalEntity,
    }),
    placeOf: ({ recordId, endedAt }) => ({ id: BigInt(recordId), endedAt: shownTime(endedAt).getTime() }),
  };
}
