import pMap from 'p-map';
import type { Cause } from '../../../domain/cause/cause.ts';
import type { Causes } from '../../../ports/causes.ts';
import type { BatchJobKey } from '../../../ports/ledger.ts';
import { decodeCause, encodeRecord } from '../../shared/record-codec.ts';
import { fromColumns, toColumns } from './json-columns.ts';
import { encodeKey, partitionOf } from './ledger-keys.ts';
import { LedgerTables, type TableClients } from './ledger-tables.ts';
import type { Row } from './row.ts';

/** How many rows are deleted at the same time. */
const concurrency = 16;

/** The largest instant of a Date: rows by time sort from the latest on. */
const lastMs = 8_640_000_000_000_000;
const digits = String(lastMs).length;

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

  async since(environment: string, instant: Date, limit: number): Promise<Cause[]> {
    const [first, last] = [dayPrefix(environment), dayPartition(environment, instant)];
    const filter = `PartitionKey gt '${first}' and PartitionKey le '${last}' and RowKey lt '${timeKey(instant)}~'`;
    const rows = await this.#tables.query('causes', { filter, limit }, await this.#tables.startCall());
    return rows.map(readCause);
  }

  /** The row by failure goes first: a row by time is found again, should the process die between the two. */
  async prune(environment: string, instant: Date): Promise<number> {
    const [first, last] = [dayPartition(environment, instant), `${dayPrefix(environment)}~`];
    const filter = `PartitionKey ge '${first}' and PartitionKey lt '${last}'`;
    const rows = await this.#tables.query(
      'causes',
      { filter, limit: Infinity },
      await this.#tables.startCall(),
    );
    const old = rows.map(readCause).filter(({ failedAt }) => failedAt < instant);
    await pMap(
      old,
      async (cause) => {
        for (const keys of [keysByFailure(cause, cause.eventId), keysByTime(cause)]) {
          const { partitionKey, rowKey } = keys;
          await this.#tables.remove('causes', partitionKey, rowKey, await this.#tables.startCall());
        }
      },
      { concurrency },
    );
    return old.length;
  }
}

function readCause(row: Row): Cause {
  return decodeCause(fromColumns(row));
}

function keysByFailure(key: BatchJobKey, eventId: string) {
  return { partitionKey: `j:${partitionOf(key)}`, rowKey: encodeKey(eventId) };
}

function keysByTime({ environment, jobId, eventId, failedAt }: Cause) {
  const rowKey = `${timeKey(failedAt)}:${jobId}:${encodeKey(eventId)}`;
  return { partitionKey: dayPartition(environment, failedAt), rowKey };
}

function dayPrefix(environment: string): string {
  return `d:${encodeKey(environment)}:`;
}

/** A later day has a smaller key. */
function dayPartition(environment: string, at: Date): string {
  const day = Math.floor(at.getTime() / 86_400_000);
  return `${dayPrefix(environment)}${99_999 - day}`;
}

/** A later instant has a smaller key. */
function timeKey(at: Date): string {
  return String(lastMs - at.getTime()).padStart(digits, '0');
}
