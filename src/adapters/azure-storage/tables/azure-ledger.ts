import { randomUUID } from 'node:crypto';
import pMap from 'p-map';
import type { BatchJob } from '../../../domain/job/batch-job.ts';
import type {
  BatchJobKey,
  EnvironmentChange,
  HistoryEntry,
  Ledger,
  LedgerChange,
  JobSnapshot,
  Version,
  WriteResult,
} from '../../../ports/ledger.ts';
import { conditionalWrite } from './conditional-write.ts';
import { type KnownEnvironments, updateEnvironmentRow } from './environment-row.ts';
import { JobIndex } from './job-index.ts';
import { eventRowKey, isHistory, jobRowKey, partitionOf, rowKeyAt } from './ledger-keys.ts';
import { readHistoryEntry, readJob, readVersion, toRows } from './ledger-rows.ts';
import { LedgerTables, type TableClients } from './ledger-tables.ts';
import { pruneRows } from './prune-rows.ts';
import { decodeVersion, encodeVersion } from './record-version.ts';
import type { Row } from './row.ts';

/** Records that are read at once for a listing. */
const concurrency = 16;

/** The ledger in Azure Tables, which any number of processes anywhere may share. */
export class AzureLedger implements Ledger {
  readonly #tables: LedgerTables;
  readonly #index: JobIndex;
  readonly #environments: KnownEnvironments = new Map();

  /** `connect` is called by the first call, and gives the same clients each time. */
  constructor(connect: () => Promise<TableClients>) {
    this.#tables = new LedgerTables(connect);
    this.#index = new JobIndex(this.#tables);
  }

  /**
   * Two point queries at the same time: the service would answer one query for both rows by going through the
   * whole partition, history and all. A write between the two could give its record without its event, so an
   * event that the record names as recent is looked up again.
   * @see https://learn.microsoft.com/azure/storage/tables/table-storage-design-for-query
   */
  async read(key: BatchJobKey, eventId: string | null): Promise<JobSnapshot> {
    const deadline = await this.#tables.startCall();
    const [row, found] = await Promise.all([
      this.#jobRow(key, deadline),
      eventId !== null && this.#knows(key, eventId, deadline),
      eventId !== null && this.#index.add(key, deadline),
    ]);
    if (!row) return { job: null, version: null, eventKnown: false };
    const version = readVersion(row);
    const eventKnown =
      found ||
      (eventId !== null &&
        version.recentEvents.includes(eventId) &&
        (await this.#knows(key, eventId, deadline)));
    return { job: readJob(row), version: encodeVersion(version), eventKnown };
  }

  /** The row that lists the job comes before its record: `read` has put it by then, but for manual calls. */
  async write(key: BatchJobKey, version: Version, change: LedgerChange): Promise<WriteResult> {
    const deadline = await this.#tables.startCall();
    const base = decodeVersion(version);
    const { record, others, next } = toRows(key, base, change, randomUUID());
    if (!base) await this.#index.add(key, deadline);
    const marked = await conditionalWrite(this.#tables, record, base?.etag ?? null, others, deadline);
    if (marked.kind === 'conflict') return { kind: 'conflict' };
    return { kind: 'written', version: encodeVersion({ etag: marked.etag, ...next }) };
  }

  async list(after: BatchJobKey | null, limit: number, environment: string | null): Promise<BatchJob[]> {
    const jobs: BatchJob[] = [];
    for (let last = after; jobs.length < limit;) {
      const wanted = limit - jobs.length;
      const keys = await this.#index.page(last, wanted, environment, await this.#tables.startCall());
      const rows = await pMap(keys, async (key) => this.#jobRow(key, await this.#tables.startCall()), {
        concurrency,
      });
      jobs.push(...rows.flatMap((row) => (row ? [readJob(row)] : [])));
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

  #jobRow(key: BatchJobKey, deadline: AbortSignal): Promise<Row | null> {
    return this.#tables.one('records', partitionOf(key), jobRowKey, deadline);
  }

  async #knows(key: BatchJobKey, eventId: string, deadline: AbortSignal): Promise<boolean> {
    return (await this.#tables.one('records', partitionOf(key), eventRowKey(eventId), deadline)) !== null;
  }
}
