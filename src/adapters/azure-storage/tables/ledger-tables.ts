import type { TableClient, TableEntity, TransactionAction } from '@azure/data-tables';
import { callStore, startDeadline } from '../calls/call-store.ts';
import { isAnswer, isConflict } from '../calls/store-answer.ts';
import type { Row } from './row.ts';

/**
 * `records` holds the jobs and their history, `jobs` lists which jobs exist, `subscriptions` holds the subscribers,
 * `runs` what the watch has seen, `causes` why runs failed.
 */
export type TableClients = {
  records: TableClient;
  jobs: TableClient;
  subscriptions: TableClient;
  runs: TableClient;
  causes: TableClient;
};

type Query = { filter: string; select?: string[]; limit: number };

/**
 * `etag` is the first row's new one, if the answer names it. A conflict may be with the own write only if an attempt
 * before had no answer.
 */
export type Transacted =
  { kind: 'written'; etag: string | undefined } | { kind: 'conflict'; mayBeOwn: boolean };

/** The service's limit for one answer, in rows. */
const pageSize = 1_000;

/** The store's tables. Creates them when one is missing, so that existing tables cost no extra request. */
export class LedgerTables {
  readonly #connect: () => Promise<TableClients>;
  #creating: Promise<void> | null = null;

  constructor(connect: () => Promise<TableClients>) {
    this.#connect = connect;
  }

  /** Starts the deadline of one port call. Loading the SDK, once in a process, does not count. */
  async startCall(): Promise<AbortSignal> {
    await this.#connect();
    return startDeadline();
  }

  /** Reads rows in the order of their keys. */
  async query(table: keyof TableClients, query: Query, deadline: AbortSignal): Promise<Row[]> {
    const { filter, select, limit } = query;
    const rows: Row[] = [];
    if (limit <= 0) return rows;
    let continuationToken: string | undefined;
    do {
      const maxPageSize = Math.min(limit - rows.length, pageSize);
      const page = await this.#call(deadline, async (clients, abortSignal) => {
        const pages = clients[table]
          .listEntities({ abortSignal, queryOptions: { filter, ...(select ? { select } : {}) } })
          .byPage({ maxPageSize, ...(continuationToken === undefined ? {} : { continuationToken }) });
        for await (const page of pages) return page;
        return undefined;
      });
      rows.push(...(page ?? []));
      continuationToken = page?.continuationToken;
    } while (continuationToken !== undefined && rows.length < limit);
    return rows;
  }

  /**
   * Reads one row by both its keys; null if it does not exist. No other read has a cost that does not grow with the
   * table.
   */
  async one(
    table: keyof TableClients,
    partitionKey: string,
    rowKey: string,
    deadline: AbortSignal,
  ): Promise<Row | null> {
    return this.#call(deadline, async (clients, abortSignal) => {
      try {
        return await clients[table].getEntity(partitionKey, rowKey, { abortSignal });
      } catch (error) {
        if (isAnswer(error, 'ResourceNotFound', 'EntityNotFound')) return null;
        throw error;
      }
    });
  }

  /** Writes all rows or none. */
  async transact(actions: TransactionAction[], deadline: AbortSignal): Promise<Transacted> {
    let attempts = 0;
    try {
      const etag = await this.#call(deadline, async ({ records }, abortSignal) => {
        attempts += 1;
        const { subResponses } = await records.submitTransaction(actions, { abortSignal });
        return subResponses[0]?.etag;
      });
      return { kind: 'written', etag };
    } catch (error) {
      if (!isConflict(error)) throw error;
      return { kind: 'conflict', mayBeOwn: attempts > 1 };
    }
  }

  /** Inserts or replaces a row. */
  async put(table: keyof TableClients, row: TableEntity, deadline: AbortSignal): Promise<void> {
    await this.#call(deadline, (clients, abortSignal) =>
      clients[table].upsertEntity(row, 'Replace', { abortSignal }),
    );
  }

  /** Replaces a row if it still has the ETag that was read, and resolves to whether it did. */
  replace(
    table: keyof TableClients,
    row: TableEntity,
    etag: string,
    deadline: AbortSignal,
  ): Promise<boolean> {
    return this.#call(deadline, async (clients, abortSignal) => {
      try {
        await clients[table].updateEntity(row, 'Replace', { etag, abortSignal });
        return true;
      } catch (error) {
        if (isConflict(error)) return false;
        throw error;
      }
    });
  }

  /** Deletes a row, if it exists. */
  async remove(
    table: keyof TableClients,
    partitionKey: string,
    rowKey: string,
    deadline: AbortSignal,
  ): Promise<void> {
    await this.#call(deadline, async (clients, abortSignal) => {
      try {
        await clients[table].deleteEntity(partitionKey, rowKey, { abortSignal });
      } catch (error) {
        if (!isAnswer(error, 'ResourceNotFound', 'EntityNotFound')) throw error;
      }
    });
  }

  async #call<Result>(
    deadline: AbortSignal,
    send: (clients: TableClients, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const clients = await this.#connect();
    const call = () => callStore(deadline, (signal) => send(clients, signal));
    try {
      return await call();
    } catch (error) {
      if (!isAnswer(error, 'TableNotFound')) throw error;
      await (this.#creating ??= createTables(clients, deadline).finally(() => (this.#creating = null)));
      return await call();
    }
  }
}

/** Another process may create them at the same time: the client accepts a table that exists. */
async function createTables(clients: TableClients, deadline: AbortSignal): Promise<void> {
  await Promise.all(
    Object.values(clients).map((table) =>
      callStore(deadline, (abortSignal) => table.createTable({ abortSignal })),
    ),
  );
}
