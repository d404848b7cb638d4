import type { Subscription, Subscriptions } from '../../ports/subscriptions.ts';
import { decodeSubscription, encodeRecord } from '../shared/record-codec.ts';
import type { SqliteStore } from './sqlite-store.ts';

export class SqliteSubscriptions implements Subscriptions {
  readonly #store: SqliteStore;

  constructor(store: SqliteStore) {
    this.#store = store;
  }

  add(subscription: Subscription): Promise<void> {
    return this.#store.write(() => {
      this.#store
        .sql('INSERT OR REPLACE INTO subscription (id, record) VALUES (?, ?)')
        .run(subscription.id, encodeRecord(subscription));
    });
  }

  get(id: string): Promise<Subscription | null> {
    return this.#store.read(() => {
      const row = this.#store.sql('SELECT record FROM subscription WHERE id = ?').get(id);
      return row ? decodeSubscription(String(row['record'])) : null;
    });
  }

  list(): Promise<Subscription[]> {
    return this.#store.read(() =>
      this.#store
        .sql('SELECT record FROM subscription ORDER BY id')
        .all()
        .map((row) => decodeSubscription(String(row['record']))),
    );
  }

  replace(before: Subscription, after: Subscription): Promise<boolean> {
    return this.#store.write(() => {
      const { changes } = this.#store
        .sql('UPDATE subscription SET record = ? WHERE id = ? AND record = ?')
        .run(encodeRecord(after), before.id, encodeRecord(before));
      return changes === 1;
    });
  }

  remove(id: string): Promise<void> {
    return this.#store.write(() => {
      this.#store.sql('DELETE FROM subscription WHERE id = ?').run(id);
    });
  }
}
