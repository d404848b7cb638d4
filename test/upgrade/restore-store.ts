import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TableClient, type TableEntity } from '@azure/data-tables';
import { QueueServiceClient } from '@azure/storage-queue';
import { connectStorage } from '../../src/adapters/azure-storage/connect-storage.ts';
import { openSqlite } from '../../src/adapters/sqlite/open-sqlite.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Store } from '../../src/ports/store.ts';
import type { AzureStore } from '../fixtures/stores/azurite-with-files.ts';
import type { PlayedStore } from '../fixtures/stores/play-store.ts';
import { freshNames } from '../helpers/azurite-storage.ts';

export type KeptStore = PlayedStore & { commit: string };

/** Changes the text of each record and work item before it is put back. */
export type Rewrite = (json: string) => string;

const fileOf = (name: string, file: string) => join(import.meta.dirname, '../fixtures/stores', name, file);

export function readKept(name: string, driver: 'sqlite' | 'azure'): KeptStore {
  const kept: KeptStore = JSON.parse(readFileSync(fileOf(name, `${driver}.json`), 'utf8'));
  return kept;
}

/** A copy of the SQLite file that a version of the service wrote. */
export function restoreSqlite(name: string, clock: Clock, rewrite?: Rewrite): Store {
  const folder = mkdtempSync(join(tmpdir(), 'batch-retry-upgrade-'));
  const file = join(folder, 'store.sqlite');
  copyFileSync(fileOf(name, 'store.sqlite'), file);
  if (rewrite) rewriteSqlite(file, rewrite);
  const store = openSqlite(file, clock);
  return {
    ...store,
    close: () => {
      store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function rewriteSqlite(file: string, rewrite: Rewrite): void {
  const database = new DatabaseSync(file);
  database.function('rewrite', (json) => rewrite(String(json)));
  for (const [table, column] of [
    ['batch_job', 'record'],
    ['environment', 'record'],
    ['history', 'entry'],
    ['subscription', 'record'],
    ['work', 'message'],
  ]) {
    database.exec(`UPDATE ${table} SET ${column} = rewrite(${column})`);
  }
  database.close();
}

/** The rows and messages that a version of the service wrote, in tables and queues of their own. */
export async function restoreAzure(
  name: string,
  clock: Clock,
  connectionString: string,
  rewrite: Rewrite = (json) => json,
): Promise<Store> {
  const { store }: { store: AzureStore } = JSON.parse(readFileSync(fileOf(name, 'azure.json'), 'utf8'));
  const names = freshNames();
  for (const table of ['records', 'jobs', 'subscriptions'] as const) {
    const client = TableClient.fromConnectionString(connectionString, names[table], {
      allowInsecureConnection: true,
    });
    await client.createTable();
    await Promise.all(store[table].map((row) => client.createEntity(rewriteRow(row, rewrite))));
  }
  for (const queue of ['work', 'deadLetters'] as const) {
    const client = QueueServiceClient.fromConnectionString(connectionString).getQueueClient(names[queue]);
    await client.create();
    for (const message of store[queue]) {
      const text = Buffer.from(message, 'base64').toString();
      await client.sendMessage(Buffer.from(queue === 'work' ? rewrite(text) : text).toString('base64'));
    }
  }
  const connected = connectStorage({ AzureWebJobsStorage: connectionString }, noCredential, clock, { names });
  return { ...connected, close: () => undefined };
}

function rewriteRow(row: Record<string, unknown>, rewrite: Rewrite): TableEntity {
  const { partitionKey, rowKey, ...rest } = row;
  const json = rest['json0'];
  return {
    partitionKey: String(partitionKey),
    rowKey: String(rowKey),
    ...rest,
    ...(typeof json === 'string' ? { json0: rewrite(json) } : {}),
  };
}

function noCredential(): Promise<never> {
  return Promise.reject(new Error('A connection string needs no credential.'));
}
