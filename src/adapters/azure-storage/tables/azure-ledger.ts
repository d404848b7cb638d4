import { randomUUID } from 'node:crypto';
import pMap from 'p-map';
import type {
  BatchJobKey,
  EnvironmentChange,
  HistoryEntry,
  Ledger,
  LedgerChange,
  ListedJob,
  JobSnapshot,
  Version,
  WriteResult,
} from '../../../ports/ledger.ts';
import { conditionalWrite } from './conditional-write.ts';
import { type KnownEnvironments, updateEnvironmentRow } from './environment-row.ts';
import { JobIndex } from './job-index.ts';
import { eventRowKey, isHistory, jobRowKey, partitionOf, proofRow, rowKeyAt } from './ledger-keys.ts';
import { readHistoryEntry, readJob, readListedJob, readVersion, toRows } from './ledger-rows.ts';
import { LedgerTables, type TableClients } from './ledger-tables.ts';
import { pruneRows } from './prune-rows.ts';
import { decodeVersion, encodeVersion } from './record-version.ts';
import type { Row } from './row.ts';

/** How many records a listing reads at once. */
const concurrency = 16;

/** The ledger in Azure Tables. Any number of processes may share it, on any machine. */
export class AzureLedger implements Ledger {
  readonly #tables: LedgerTables;
  readonly #index: JobIndex;
  readonly #environments: KnownEnvironments = new Map();

  /** The first call runs `connect`, which must give the same clients each time. */
  constructor(connect: () => Promise<TableClients>) {
    this.#tables = new LedgerTables(connect);
    this.#index = new JobIndex(this.#tables);
  }

  /**
   * Sends two point queries at the same time: to answer one query for both rows, the service would scan the whole
   * partition, history included. A write between the two could show its record without its event, so this reads an
   * event again that the record names as recent.
   * @see https://learn.microsoft.com/azure/storage/tables/table-storage-design-for-query
   */
  async read(key: BatchJobKey, eventId: string | null): Promise<JobSnapshot> {
    const deadline = await this.#tables.startCall();
    const [row, found] = await Promise.all([
      this.#jobRow(key, deadline),
      eventId !== null && this.#knowsEvent(key, eventId, deadline),
    ]);
    if (!row) return { job: null, version: null, eventKnown: false };
    const version = readVersion(row);
    const eventKnown =
      found ||
      (eventId !== null &&
        version.recentEvents.includes(eventId) &&
        (await this.#knowsEvent(key, eventId, deadline)));
    return { job: readJob(row), version: encodeVersion(version), eventKnown };
  }

  /**
   * Lists the job, unless its record says that it is listed. The row of the list is written before the record, so that
   * the sweep finds every job. If the record names a wake-up, both are written at the same time: should this process
   * die between the two, the write that follows the wake-up lists the job.
   */
  async write(key: BatchJobKey, version: Version, change: LedgerChange): Promise<WriteResult> {
    const base = decodeVersion(version);
    const mustList = base?.isListed !== true;
    const isListedFirst = mustList && change.job.wake === null;
    if (isListedFirst) await this.#index.add(key, await this.#tables.startCall());
    const deadline = await this.#tables.startCall();
    const { record, others, next } = toRows(key, base, change, !mustList || isListedFirst, randomUUID());
    const [written] = await Promise.all([
      conditionalWrite(this.#tables, record, base?.etag ?? null, others, deadline),
      mustList && !isListedFirst && this.#index.add(key, deadline),
    ]);
    if (written.kind === 'conflict') return { kind: 'conflict' };
    return { kind: 'written', version: encodeVersion({ etag: written.etag, ...next, isListed: true }) };
  }

  async list(after: BatchJobKey | null, limit: number, environment: string | null): Promise<ListedJob[]> {
    const jobs: ListedJob[] = [];
    for (let last = after; jobs.length < limit;) {
      const wanted = limit - jobs.length;
      const keys = await this.#index.page(last, wanted, environment, await this.#tables.startCall());
      const found = await pMap(keys, (key) => this.#listed(key), { concurrency });
      jobs.push(...found.flatMap((job) => job ?? []));
      if (keys.length < wanted) break;
      last = keys.at(-1) ?? null;
    }
    return jobs;
  }

  async history(key: BatchJobKey, before: string | null, limit: number): Promise<HistoryEntry[]> {
    const older = before === null ? '' : ` and RowKey gt '${rowKeyAt(before)}'`;
    const filter = `PartitionKey eq '${partitionOf(key)}' and ${isHistory}${older}`;
    const rows = await this.#tables.query('records', { filter, limit }, await this.#tables.startCall());
    return rows.map(readHistoryEntry);
  }

  updateEnvironment<Result>(environment: string, change: EnvironmentChange<Result>): Promise<Result | null> {
    return updateEnvironmentRow(this.#tables, this.#environments, environment, change);
  }

  prune(key: BatchJobKey, instant: Date): Promise<number> {
    return pruneRows(this.#tables, partitionOf(key), instant);
  }

  async proveWritable(): Promise<void> {
    await this.#tables.put('records', proofRow, await this.#tables.startCall());
  }

  async #listed(key: BatchJobKey): Promise<ListedJob | null> {
    const row = await this.#jobRow(key, await this.#tables.startCall());
    return row && readListedJob(key, row);
  }

  #jobRow(key: BatchJobKey, deadline: AbortSignal): Promise<Row | null> {
    return this.#tables.one('records', partitionOf(key), jobRowKey, deadline);
  }

  async #knowsEvent(key: BatchJobKey, eventId: string, deadline: AbortSignal): Promise<boolean> {
    return (await this.#tables.one('records', partitionOf(key), eventRowKey(eventId), deadline)) !== null;
  }
}
