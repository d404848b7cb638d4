import pMap from 'p-map';
import type { Cause } from '../../../domain/cause/cause.ts';
import type { CausePlace, Causes } from '../../../ports/causes.ts';
import type { BatchJobKey } from '../../../ports/ledger.ts';
import { decodeCause, encodeRecord } from '../../shared/record-codec.ts';
import { dayPartition, dayPrefix, keysByFailure, keysByTime, timeKey } from './cause-keys.ts';
import { fromColumns, toColumns } from './json-columns.ts';
import { LedgerTables, type TableClients } from './ledger-tables.ts';
import type { Row } from './row.ts';

/** How many causes the pruning reads, and then deletes, at once. */
const pruneAtOnce = 100;
const concurrency = 16;

/**
 * Each cause has two rows: one in its job's partition, found by the failure, and one in the partition of its day,
 * found by the time. Both hold all of it, so that neither read needs the other.
 */
export class AzureCauses implements Causes {
  readonly #tables: LedgerTables;

  constructor(connect: () => Promise<TableClients>) {
    this.#tables = new LedgerTables(connect);
  }

  /** The row by time goes first: a failure whose row is there has both. */
  async put(cause: Cause): Promise<void> {
    const columns = toColumns(encodeRecord(cause));
    const deadline = await this.#tables.startCall();
    await this.#tables.put('causes', { ...keysByTime(cause), ...columns }, deadline);
    await this.#tables.put('causes', { ...keysByFailure(cause, cause.eventId), ...columns }, deadline);
  }

  async get(key: BatchJobKey, eventId: string): Promise<Cause | null> {
    const { partitionKey, rowKey } = keysByFailure(key, eventId);
    const deadline = await this.#tables.startCall();
    const row = await this.#tables.one('causes', partitionKey, rowKey, deadline);
    return row && readCause(row);
  }

  /** No filter has an `or`: it would go through the whole table. The day of `after` is a query of its own. */
  async since(environment: string, instant: Date, after: CausePlace | null, limit: number): Promise<Cause[]> {
    const last = dayPartition(environment, instant);
    const until = `RowKey lt '${timeKey(instant)}~'`;
    const first = after && keysByTime({ environment, ...after });
    const begun = first
      ? `PartitionKey eq '${first.partitionKey}' and RowKey gt '${first.rowKey}' and ${until}`
      : null;
    const rows = begun === null ? [] : await this.#query(begun, limit);
    const from = first?.partitionKey ?? dayPrefix(environment);
    const others = `PartitionKey gt '${from}' and PartitionKey le '${last}' and ${until}`;
    rows.push(...(await this.#query(others, limit - rows.length)));
    return rows.map(readCause);
  }

  /** The row by failure goes first: a row by time is found again, should the process die between the two. */
  async prune(environment: string, instant: Date): Promise<number> {
    const [first, end] = [dayPartition(environment, instant), `${dayPrefix(environment)}~`];
    const isOlder = `RowKey ge '${timeKey(new Date(instant.getTime() - 1))}'`;
    const filter = `PartitionKey ge '${first}' and PartitionKey lt '${end}' and ${isOlder}`;
    for (let pruned = 0; ;) {
      const rows = await this.#query(filter, pruneAtOnce);
      if (rows.length === 0) return pruned;
      await pMap(rows, (row) => this.#remove(readCause(row)), { concurrency });
      pruned += rows.length;
    }
  }

  async #query(filter: string, limit: number): Promise<Row[]> {
    return this.#tables.query('causes', { filter, limit }, await this.#tables.startCall());
  }

  async #remove(cause: Cause): Promise<void> {
    for (const { partitionKey, rowKey } of [keysByFailure(cause, cause.eventId), keysByTime(cause)]) {
      await this.#tables.remove('causes', partitionKey, rowKey, await this.#tables.startCall());
    }
  }
}

function readCause(row: Row): Cause {
  return decodeCause(fromColumns(row));
}
