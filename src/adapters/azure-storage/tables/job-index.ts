import { type JobId, parseJobId } from '../../../domain/job-id.ts';
import type { BatchJobKey } from '../../../ports/ledger.ts';
import { decodeKey, encodeKey } from './ledger-keys.ts';
import type { LedgerTables } from './ledger-tables.ts';

/**
 * One row for each job, so that listing jobs does not scan their histories. The row stays alone if the job's record is
 * never written.
 */
export class JobIndex {
  readonly #tables: LedgerTables;

  constructor(tables: LedgerTables) {
    this.#tables = tables;
  }

  async add({ environment, jobId }: BatchJobKey, deadline: AbortSignal): Promise<void> {
    await this.#tables.put('jobs', { partitionKey: encodeKey(environment), rowKey: jobId }, deadline);
  }

  /** Reads the next keys, ordered by the encoded environment, then by id, as text. */
  async page(
    after: BatchJobKey | null,
    limit: number,
    environment: string | null,
    deadline: AbortSignal,
  ): Promise<BatchJobKey[]> {
    const keys: BatchJobKey[] = [];
    for (const filter of ranges(after, environment)) {
      if (keys.length === limit) break;
      const rows = await this.#tables.query('jobs', { filter, limit: limit - keys.length }, deadline);
      keys.push(...rows.flatMap(toKey));
    }
    return keys;
  }
}

/** Builds one filter for each range: to answer an `or`, the service would read the whole table. */
function ranges(after: BatchJobKey | null, environment: string | null): string[] {
  if (!after) return [environment === null ? "PartitionKey gt ''" : isIn(environment)];
  const rest = `${isIn(after.environment)} and RowKey gt '${after.jobId}'`;
  const later = `PartitionKey gt '${encodeKey(after.environment)}'`;
  if (environment === null) return [rest, later];
  if (environment === after.environment) return [rest];
  return encodeKey(environment) > encodeKey(after.environment) ? [isIn(environment)] : [];
}

const isIn = (environment: string) => `PartitionKey eq '${encodeKey(environment)}'`;

function toKey(row: Readonly<Record<string, unknown>>): BatchJobKey[] {
  const jobId: JobId | null = parseJobId(String(row['rowKey']));
  return jobId === null ? [] : [{ environment: decodeKey(String(row['partitionKey'])), jobId }];
}
