import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EnvironmentChange } from '../../../ports/ledger.ts';
import { decodeEnvironment, encodeRecord } from '../../shared/record-codec.ts';
import { conditionalWrite } from './conditional-write.ts';
import { fromColumns, toColumns } from './json-columns.ts';
import { environmentPartition, environmentRowKey } from './ledger-keys.ts';
import type { LedgerTables } from './ledger-tables.ts';
import type { Row } from './row.ts';

const maxAttempts = 12;

/** The longest pause after losing to another writer, in ms, is so much for each time it was lost. */
const pauseStepMs = 20;

/** What this process saw last of an environment: a first guess, which the ETag proves or disproves. */
export type KnownEnvironments = Map<string, Known>;

type Known = { record: string; etag: string };

/**
 * Writes what is shared about an environment if `change` changes it, again if another process was first. What is
 * known from before saves reading it: that is one round trip while no other process writes. A change that
 * changes nothing is never decided on old knowledge.
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
      const marked = await conditionalWrite(tables, row, before?.etag ?? null, [], deadline);
      if (marked.kind === 'written') {
        known.set(environment, { record, etag: marked.etag });
        return result;
      }
      if (!guess) await sleep(randomInt(pauseStepMs * attempts));
      before = guess ? toKnown(marked.found) : await readRow(tables, partitionKey, rowKey, deadline);
    }
    guess = null;
  }
  return null;
}

async function readRow(tables: LedgerTables, partitionKey: string, rowKey: string, deadline: AbortSignal) {
  return toKnown(await tables.one('records', partitionKey, rowKey, deadline));
}

function toKnown(row: Row | null): Known | null {
  return row && { record: fromColumns(row), etag: row.etag };
}
