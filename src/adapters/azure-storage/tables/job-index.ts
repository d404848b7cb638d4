import { type JobId, parseJobId } from '../../../domain/job-id.ts';
import type { BatchJobKey } from '../../../ports/ledger.ts';
import { decodeKey, encodeKey } from './ledger-keys.ts';
import type { LedgerTables } from './ledger-tables.ts';

/** Jobs that are remembered as listed. Forgetting them costs a write each. */
const maxRemembered = 10_000;

/**
 * Which jobs there may be: one row each, so that listing them does not pass through their histories. A row comes
 * before its job's record, and stays without one if that is never written.
 */
export class JobIndex {
  readonly #tables: LedgerTables;
  readonly #remembered = new Set<string>();

  constructor(tables: LedgerTables) {
    this.#tables = tables;
  }

  async add({ environment, jobId }: BatchJobKey, deadline: AbortSignal): Promise<void> {
    const name = `${environment}:${jobId}`;
    if (this.#remembered.has(name)) return;
    await this.#tables.put('jobs', { partitionKey: encodeKey(environment), rowKey: jobId }, deadline);
    if (this.#remembered.size >= maxRemembered) this.#remembered.clear();
    this.#remembered.add(name);
  }

  /** The next keys by the environment as it is encoded, then id, as text. */
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

/** One range each, because the service answers an `or` by reading the whole table. */
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
