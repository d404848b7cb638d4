import pMap from 'p-map';
import { addMs } from '../../../domain/instants.ts';
import type { Run } from '../../../domain/watch/run.ts';
import type { WatchState } from '../../../domain/watch/watch-state.ts';
import type { BatchJobKey } from '../../../ports/ledger.ts';
import type { Runs, Span, StoredRun, WatchChange } from '../../../ports/runs.ts';
import { decodeRun, encodeRecord } from '../../shared/record-codec.ts';
import { fromColumns, toColumns } from './json-columns.ts';
import { LedgerTables, type TableClients } from './ledger-tables.ts';
import type { Row } from './row.ts';
import {
  dayOf,
  dayPartition,
  endOfPosition,
  jobPartition,
  jobRowKeyAt,
  rowKeyFrom,
  rowKeyOfDay,
  rowKeyOfJob,
} from './run-keys.ts';
import { readWatchRow, updateWatchRow } from './watch-row.ts';

const dayMs = 86_400_000;

/** How many runs the pruning reads, and then deletes, at once. */
const pruneAtOnce = 100;
const concurrency = 16;

/** The runs in Azure Tables. Both rows of a run are written by themselves: writing them again changes nothing. */
export class AzureRuns implements Runs {
  readonly #tables: LedgerTables;

  constructor(connect: () => Promise<TableClients>) {
    this.#tables = new LedgerTables(connect);
  }

  async put(run: Run): Promise<void> {
    const deadline = await this.#tables.startCall();
    const columns = toColumns(encodeRecord(run));
    await Promise.all(keysOf(run).map((keys) => this.#tables.put('runs', { ...keys, ...columns }, deadline)));
  }

  async ofJob(key: BatchJobKey, before: string | null, limit: number): Promise<StoredRun[]> {
    const older = before === null ? '' : ` and RowKey gt '${jobRowKeyAt(before)}'`;
    const filter = `PartitionKey eq '${jobPartition(key)}'${older}`;
    const rows = await this.#tables.query('runs', { filter, limit }, await this.#tables.startCall());
    return rows.map(toRun);
  }

  /** Reads day by day: a partition holds the runs of one day. */
  async between(
    environment: string,
    { from, to }: Span,
    after: string | null,
    limit: number,
  ): Promise<StoredRun[]> {
    const last = after === null ? null : endOfPosition(after);
    const start = last ?? from;
    const found: Row[] = [];
    for (let day = startOfDay(start); day < to && found.length < limit; day = addMs(day, dayMs)) {
      const first = last !== null && day <= last ? `RowKey gt '${after}'` : `RowKey ge '${rowKeyFrom(from)}'`;
      const partition = `PartitionKey eq '${dayPartition(environment, dayOf(day))}'`;
      const filter = `${partition} and ${first} and RowKey lt '${rowKeyFrom(to)}'`;
      const query = { filter, limit: limit - found.length };
      found.push(...(await this.#tables.query('runs', query, await this.#tables.startCall())));
    }
    return found.map(toRun);
  }

  /** The row among the job's runs goes first: the other one is what finds it. */
  async prune(environment: string, instant: Date): Promise<number> {
    const [first, last] = [dayPartition(environment, ''), dayPartition(environment, dayOf(instant))];
    const filter = `PartitionKey ge '${first}' and PartitionKey lt '${last}'`;
    for (let pruned = 0; ;) {
      const query = { filter, limit: pruneAtOnce };
      const rows = await this.#tables.query('runs', query, await this.#tables.startCall());
      if (rows.length === 0) return pruned;
      await pMap(rows, (row) => this.#remove(toRun(row)), { concurrency });
      pruned += rows.length;
    }
  }

  readWatch(environment: string): Promise<WatchState | null> {
    return readWatchRow(this.#tables, environment);
  }

  updateWatch<Result>(environment: string, change: WatchChange<Result>): Promise<Result | null> {
    return updateWatchRow(this.#tables, environment, change);
  }

  async #remove(run: Run): Promise<void> {
    const deadline = await this.#tables.startCall();
    for (const { partitionKey, rowKey } of keysOf(run)) {
      await this.#tables.remove('runs', partitionKey, rowKey, deadline);
    }
  }
}

/** The row among the job's runs first. */
function keysOf(run: Run): { partitionKey: string; rowKey: string }[] {
  const { environment, endedAt, jobId } = run;
  return [
    { partitionKey: jobPartition(run), rowKey: rowKeyOfJob(endedAt) },
    { partitionKey: dayPartition(environment, dayOf(endedAt)), rowKey: rowKeyOfDay(endedAt, jobId) },
  ];
}

function startOfDay(instant: Date): Date {
  return new Date(`${dayOf(instant)}T00:00:00.000Z`);
}

function toRun(row: Row): StoredRun {
  return { ...decodeRun(fromColumns(row)), position: String(row['rowKey']) };
}
