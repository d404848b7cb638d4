import type { Subscription, Subscriptions } from '../../../ports/subscriptions.ts';
import { decodeSubscription, encodeRecord } from '../../shared/record-codec.ts';
import { fromColumns, toColumns } from './json-columns.ts';
import { encodeKey } from './ledger-keys.ts';
import { LedgerTables, type TableClients } from './ledger-tables.ts';

/** All subscriptions are in one partition, so that listing them reads one range. */
const partitionKey = 'subscription';

export class AzureSubscriptions implements Subscriptions {
  readonly #tables: LedgerTables;

  constructor(connect: () => Promise<TableClients>) {
    this.#tables = new LedgerTables(connect);
  }

  /** After a lost answer, the retry writes the same row again. */
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

  /** After a lost answer, the retry finds its own row and succeeds. */
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
