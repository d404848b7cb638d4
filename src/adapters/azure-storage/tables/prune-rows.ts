import { historyRowKey, isEvent, isHistory } from './ledger-keys.ts';
import { maxActions } from './ledger-rows.ts';
import type { LedgerTables } from './ledger-tables.ts';

/** How many times in a row another process may delete the same rows first. */
const maxConflicts = 5;

/** Deletes a partition's events and history entries from before `instant`; resolves to how many. */
export async function pruneRows(tables: LedgerTables, partition: string, instant: Date): Promise<number> {
  const olderEvents = `${isEvent} and at lt '${instant.toISOString()}'`;
  const olderHistory = `${isHistory} and RowKey gt '${historyRowKey(Math.max(0, instant.getTime()))}'`;
  let pruned = 0;
  for (const older of [olderEvents, olderHistory]) {
    pruned += await pruneRange(tables, partition, older);
  }
  return pruned;
}

async function pruneRange(tables: LedgerTables, partitionKey: string, older: string): Promise<number> {
  const filter = `PartitionKey eq '${partitionKey}' and ${older}`;
  let pruned = 0;
  for (let conflicts = 0; ;) {
    const query = { filter, select: ['RowKey'], limit: maxActions };
    const rows = await tables.query('records', query, await tables.startCall());
    if (rows.length === 0) return pruned;
    const transacted = await tables.transact(
      rows.map((row) => ['delete', { partitionKey, rowKey: String(row['rowKey']) }]),
      await tables.startCall(),
    );
    if (transacted.kind === 'written') {
      pruned += rows.length;
      conflicts = 0;
    } else if (++conflicts > maxConflicts) {
      throw new Error(`Others prune ${partitionKey} at the same time.`);
    }
  }
}
