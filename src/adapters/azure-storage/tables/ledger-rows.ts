import type { TransactionAction } from '@azure/data-tables';
import type { BatchJob } from '../../../domain/job/batch-job.ts';
import type { BatchJobKey, HistoryEntry, LedgerChange, ListedJob } from '../../../ports/ledger.ts';
import { decodeHistoryEntry, decodeJob, decodeListedJob, encodeRecord } from '../../shared/record-codec.ts';
import { fromColumns, toColumns } from './json-columns.ts';
import { eventRowKey, historyRowKey, jobRowKey, partitionOf, positionOf } from './ledger-keys.ts';
import { nextTick, parseArray, type RecordVersion, withRecent } from './record-version.ts';
import type { RowWithWriteId, Row } from './row.ts';

/** @see https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions */
export const maxActions = 100;

export type WriteRows = {
  record: RowWithWriteId;
  others: TransactionAction[];
  /** What the next writer must know, beside the new ETag. */
  next: Omit<RecordVersion, 'etag'>;
};

/** Builds the rows of one write. */
export function toRows(
  key: BatchJobKey,
  base: RecordVersion | null,
  change: LedgerChange,
  isListed: boolean,
  writeId: string,
): WriteRows {
  const partitionKey = partitionOf(key);
  let tick = base?.tick ?? 0;
  const history = change.history.map((entry): TransactionAction => {
    tick = nextTick(tick, entry.at);
    return ['create', { partitionKey, rowKey: historyRowKey(tick), ...toColumns(encodeRecord(entry)) }];
  });
  const eventIds = [...new Set(change.eventIds)];
  const events = eventIds.map((eventId): TransactionAction => {
    const row = { partitionKey, rowKey: eventRowKey(eventId), at: change.at.toISOString() };
    return ['upsert', row, 'Replace'];
  });
  const others = [...events, ...history];
  if (others.length >= maxActions) {
    throw new Error(`A write of ${others.length + 1} rows is more than the ${maxActions} of a transaction.`);
  }
  const recentEvents = withRecent(base?.recentEvents ?? [], eventIds);
  const record = {
    partitionKey,
    rowKey: jobRowKey,
    writeId,
    isListed,
    tick: String(tick),
    recentEvents: JSON.stringify(recentEvents),
    ...toColumns(encodeRecord(change.job)),
  };
  return { record, others, next: { isListed, tick, recentEvents } };
}

export function readVersion(row: Row): RecordVersion {
  const recentEvents = parseArray(String(row['recentEvents'])).map(String);
  return { etag: row.etag, isListed: row['isListed'] === true, tick: Number(row['tick']), recentEvents };
}

export function readJob(row: Row): BatchJob {
  return decodeJob(fromColumns(row));
}

export function readListedJob(key: BatchJobKey, row: Row): ListedJob {
  return decodeListedJob(key, fromColumns(row));
}

export function readHistoryEntry(row: Row): HistoryEntry {
  return { ...decodeHistoryEntry(fromColumns(row)), position: positionOf(String(row['rowKey'])) };
}
