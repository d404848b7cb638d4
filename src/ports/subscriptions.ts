import type { JobId } from '../policy/job-id.ts';
import type { NotificationEvent } from '../policy/notification.ts';

/** Who wants to be told what. Durable; rejects with LedgerUnavailable: it is part of the store. */
export interface Subscriptions {
  add(subscription: Subscription): Promise<void>;
  get(id: string): Promise<Subscription | null>;
  /** All of them, in the order of their ids. */
  list(): Promise<Subscription[]>;
  /** Also for one that is not there. */
  remove(id: string): Promise<void>;
}

export type Subscription = {
  /** Cannot be guessed: who knows it may remove the subscription. */
  id: string;
  /** Where notifications are POSTed. It holds a secret of the subscriber: it is in no log and no answer. */
  callbackUrl: string;
  events: readonly NotificationEvent[];
  /** Null: of all environments. */
  environment: string | null;
  /** Null: of all jobs. */
  jobId: JobId | null;
  createdAt: Date;
};
