import type { Subscription, Subscriptions } from '../../../ports/subscriptions.ts';
import { decodeSubscription, encodeRecord } from '../../shared/record-codec.ts';
import { fromColumns, toColumns } from './json-columns.ts';
import { encodeKey } from './ledger-keys.ts';
import { LedgerTables, type TableClients } from './ledger-tables.ts';

/** All in one partition, so that listing them is one range. */
const partitionKey = 'subscription';

/** The subscriptions in a table of their own. */
export class AzureSubscriptions implements Subscriptions {
  readonly #tables: LedgerTables;

  constructor(connect: () => Promise<TableClients>) {
    this.#tables = new LedgerTables(connect);
  }

  /** An answer that was lost leads to a second write of the same row. */
  async add(subscription: Subscription): Promise<void> {
    await this.#tables.put('subscriptions', rowOf(subscription), await this.#tables.startCall());
  }

  async get(id: string): Promise<Subscription | null> {
    const deadline = await this.#tables.startCall();
    const row = await this.#tables.one('subscriptions', partitionKey, encodeKey(id), deadline);
    return row && decodeSubscription(fromColumns(row));
  }

  async list(): Promise<Subscription[]> {
    const query = { filter: `PartitionKey eq '${partitionKey}'`, limit: Infinity };
    const rows = await this.#tables.query('subscriptions', query, await this.#tables.startCall());
    return rows.map((row) => decodeSubscription(fromColumns(row)));
  }

  /** An answer that was lost leads to a second write, which finds its own row. */
  async replace(before: Subscription, after: Subscription): Promise<boolean> {
    const deadline = await this.#tables.startCall();
    const rowKey = encodeKey(before.id);
    const row = await this.#tables.one('subscriptions', partitionKey, rowKey, deadline);
    if (!row || fromColumns(row) !== fromColumns(rowOf(before))) return false;
    if (await this.#tables.replace('subscriptions', rowOf(after), row.etag, deadline)) return true;
    const found = await this.#tables.one('subscriptions', partitionKey, rowKey, deadline);
    return found !== null && fromColumns(found) === fromColumns(rowOf(after));
  }

  async remove(id: string): Promise<void> {
    const deadline = await this.#tables.startCall();
    await this.#tables.remove('subscriptions', partitionKey, encodeKey(id), deadline);
  }
}

function rowOf(subscription: Subscription) {
  return {
    partitionKey,
    rowKey: encodeKey(subscription.id),
    ...toColumns(encodeRecord(subscription)),
  };
}
