import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EnvironmentChange } from '../../../ports/ledger.ts';
import { decodeEnvironment, encodeRecord } from '../../shared/record-codec.ts';
import { conditionalWrite } from './conditional-write.ts';
import { fromColumns, toColumns } from './json-columns.ts';
import { environmentPartition, environmentRowKey } from './ledger-keys.ts';
import type { LedgerTables } from './ledger-tables.ts';

const maxAttempts = 12;

/** Backoff with jitter after a conflict: the pause is random, up to this many ms for each attempt so far. */
const pauseStepMs = 20;

/**
 * The last state of each environment that this process saw. It is a first guess, which the ETag confirms or
 * refutes.
 */
export type KnownEnvironments = Map<string, Known>;

type Known = { record: string; etag: string };

/**
 * Writes an environment's shared state if `change` changes it, and retries after a conflict. A known state saves
 * the read: one round trip while no other process writes. If `change` changes nothing in a known state, this reads
 * the current one and asks again.
 */
export async function updateEnvironmentRow<Result>(
  tables: LedgerTables,
  known: KnownEnvironments,
  environment: string,
  change: EnvironmentChange<Result>,
): Promise<Result | null> {
  const deadline = await tables.startCall();
  const [partitionKey, rowKey] = [environmentPartition(environment), environmentRowKey];
  let guess = known.get(environment) ?? null;
  let before = guess ?? (await readRow(tables, partitionKey, rowKey, deadline));
  for (let attempts = 1; attempts <= maxAttempts && !deadline.aborted; attempts++) {
    const { state, result } = change(before === null ? null : decodeEnvironment(before.record, environment));
    const record = encodeRecord(state);
    if (record === before?.record) {
      if (!guess) return result;
      before = await readRow(tables, partitionKey, rowKey, deadline);
    } else {
      const row = { partitionKey, rowKey, writeId: randomUUID(), ...toColumns(record) };
      const written = await conditionalWrite(tables, row, before?.etag ?? null, [], deadline);
      if (written.kind === 'written') {
        known.set(environment, { record, etag: written.etag });
        return result;
      }
      if (!guess) await sleep(randomInt(pauseStepMs * attempts));
      before = await readRow(tables, partitionKey, rowKey, deadline);
    }
    guess = null;
  }
  return null;
}

async function readRow(
  tables: LedgerTables,
  partitionKey: string,
  rowKey: string,
  deadline: AbortSignal,
): Promise<Known | null> {
  const row = await tables.one('records', partitionKey, rowKey, deadline);
  return row && { record: fromColumns(row), etag: row.etag };
}
