import type { JobId } from '../domain/job-id.ts';
import type { NotificationEvent } from '../domain/job/outcomes.ts';

/** Who wants to hear of what. Durable; rejects with StoreUnavailable: it is part of the store. */
export interface Subscriptions {
  add(subscription: Subscription): Promise<void>;
  get(id: string): Promise<Subscription | null>;
  /** All of them, in the order of their ids. */
  list(): Promise<Subscription[]>;
  /**
   * Writes `after` over `before`, and resolves to whether it did: not if another process changed it, or removed it,
   * since it was read.
   */
  replace(before: Subscription, after: Subscription): Promise<boolean>;
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
} & SubscriptionHealth;

/** How deliveries to a subscriber go. */
export type SubscriptionHealth = {
  /** When the first of the deliveries failed since the last that arrived; null if none did. */
  failingSince: Date | null;
  /** The latest delivery that failed; it stays when a later one arrives. */
  lastFailure: { at: Date; reason: string } | null;
  /** Since when every answer was HTTP 404. */
  notFoundSince: Date | null;
  /** When people were told that it fails. */
  failureAnnouncedAt: Date | null;
};

/** Of a subscriber to whom no delivery has failed. */
export const healthy: SubscriptionHealth = {
  failingSince: null,
  lastFailure: null,
  notFoundSince: null,
  failureAnnouncedAt: null,
};
