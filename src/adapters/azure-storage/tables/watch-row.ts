import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WatchState } from '../../../domain/watch/watch-state.ts';
import type { WatchChange } from '../../../ports/runs.ts';
import { decodeWatch, encodeRecord } from '../../shared/record-codec.ts';
import { conditionalWrite } from './conditional-write.ts';
import { fromColumns, toColumns } from './json-columns.ts';
import { environmentPartition } from './ledger-keys.ts';
import type { LedgerTables } from './ledger-tables.ts';

const rowKey = 'w';
const maxAttempts = 5;

/** The pause after a conflict is random, up to this many ms for each attempt so far. */
const pauseStepMs = 50;

export async function readWatchRow(tables: LedgerTables, environment: string): Promise<WatchState | null> {
  const deadline = await tables.startCall();
  const row = await tables.one('records', environmentPartition(environment), rowKey, deadline);
  return row && decodeWatch(fromColumns(row), environment);
}

/** Writes the watch's state of an environment, beside what else all processes share of it. */
export async function updateWatchRow<Result>(
  tables: LedgerTables,
  environment: string,
  change: WatchChange<Result>,
): Promise<Result | null> {
  const deadline = await tables.startCall();
  const partitionKey = environmentPartition(environment);
  for (let attempts = 1; attempts <= maxAttempts && !deadline.aborted; attempts++) {
    const row = await tables.one('records', partitionKey, rowKey, deadline);
    const before = row && fromColumns(row);
    const { state, result } = change(before === null ? null : decodeWatch(before, environment));
    const record = encodeRecord(state);
    if (record === before) return result;
    const next = { partitionKey, rowKey, writeId: randomUUID(), ...toColumns(record) };
    const written = await conditionalWrite(tables, next, row?.etag ?? null, [], deadline);
    if (written.kind === 'written') return result;
    await sleep(randomInt(pauseStepMs * attempts));
  }
  return null;
}
