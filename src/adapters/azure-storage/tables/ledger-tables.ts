import type { TableClient, TableEntity, TransactionAction } from '@azure/data-tables';
import { callStore, startDeadline } from '../calls/call-store.ts';
import { isAnswer, isConflict } from '../calls/store-answer.ts';
import type { Row } from './row.ts';

/** `records` holds all that is known of the jobs, `jobs` only which there are, `subscriptions` who is told. */
export type TableClients = { records: TableClient; jobs: TableClient; subscriptions: TableClient };

type Query = { filter: string; select?: string[]; limit: number };

/** A service gives at most so many rows in one answer. */
const pageSize = 1_000;

/** The store's tables, which are made when one is found missing, and so cost nothing once they are there. */
export class LedgerTables {
  readonly #connect: () => Promise<TableClients>;
  #making: Promise<void> | null = null;

  constructor(connect: () => Promise<TableClients>) {
    this.#connect = connect;
  }

  /** The deadline of one call of the port. Loading the SDK, once in a process, does not count. */
  async startCall(): Promise<AbortSignal> {
    await this.#connect();
    return startDeadline();
  }

  /** Rows in the order of their keys. */
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

  /** One row by both its keys, the one read whose cost does not grow with the table; null if it is not there. */
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

  /** All or nothing. Resolves to the first row's new ETag, if the answer names it. */
  transact(actions: TransactionAction[], deadline: AbortSignal): Promise<string | undefined> {
    return this.#call(deadline, async ({ records }, abortSignal) => {
      const { subResponses } = await records.submitTransaction(actions, { abortSignal });
      return subResponses[0]?.etag;
    });
  }

  /** Writes a row, whether or not it is there. */
  async put(table: keyof TableClients, row: TableEntity, deadline: AbortSignal): Promise<void> {
    await this.#call(deadline, (clients, abortSignal) =>
      clients[table].upsertEntity(row, 'Replace', { abortSignal }),
    );
  }

  /** Writes a row if it still has the ETag that was read, and resolves to whether it did. */
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

  /** Deletes a row, if it is there. */
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
      await (this.#making ??= make(clients, deadline).finally(() => (this.#making = null)));
      return await call();
    }
  }
}

/** Another process may make them at the same time: the client takes a table that is there for made. */
async function make(clients: TableClients, deadline: AbortSignal): Promise<void> {
  await Promise.all(
    Object.values(clients).map((table) =>
      callStore(deadline, (abortSignal) => table.createTable({ abortSignal })),
    ),
  );
}
