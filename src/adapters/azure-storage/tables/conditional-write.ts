import type { TransactionAction } from '@azure/data-tables';
import type { LedgerTables } from './ledger-tables.ts';
import type { RowWithWriteId } from './row.ts';

export type ConditionalWriteResult = { kind: 'written'; etag: string } | { kind: 'conflict' };

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
  const transacted = await tables.transact([first, ...others], deadline);
  if (transacted.kind === 'conflict' && !transacted.mayBeOwn) return { kind: 'conflict' };
  if (transacted.kind === 'written' && transacted.etag !== undefined) {
    return { kind: 'written', etag: transacted.etag };
  }
  const found = await tables.one('records', row.partitionKey, row.rowKey, deadline);
  return found?.['writeId'] === row.writeId ? { kind: 'written', etag: found.etag } : { kind: 'conflict' };
}
