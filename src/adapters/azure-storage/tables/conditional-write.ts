import type { TransactionAction } from '@azure/data-tables';
import { isConflict } from '../calls/store-answer.ts';
import type { LedgerTables } from './ledger-tables.ts';
import type { RowWithWriteId, Row } from './row.ts';

/** `found` is the row as another writer left it, or null if it is gone. */
export type ConditionalWriteResult =
  { kind: 'written'; etag: string } | { kind: 'conflict'; found: Row | null };

/**
 * Writes a row, with others, if it still has the ETag that was read; with a null ETag, if the row does not exist.
 * After a lost answer the retry meets its own row, which it recognizes by the write id.
 */
export async function conditionalWrite(
  tables: LedgerTables,
  row: RowWithWriteId,
  etag: string | null,
  others: readonly TransactionAction[],
  deadline: AbortSignal,
): Promise<ConditionalWriteResult> {
  const first: TransactionAction = etag === null ? ['create', row] : ['update', row, 'Replace', { etag }];
  try {
    const written = await tables.transact([first, ...others], deadline);
    if (written !== undefined) return { kind: 'written', etag: written };
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
  const found = await tables.one('records', row.partitionKey, row.rowKey, deadline);
  return found?.['writeId'] === row.writeId
    ? { kind: 'written', etag: found.etag }
    : { kind: 'conflict', found };
}
