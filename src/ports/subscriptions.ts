import type { JobId } from '../domain/job-id.ts';
import type { NotificationEvent } from '../domain/job/outcomes.ts';

/** Who subscribed to which events. Durable. It is part of the store, so it rejects with StoreUnavailable. */
export interface Subscriptions {
  add(subscription: Subscription): Promise<void>;
  get(id: string): Promise<Subscription | null>;
  /** All subscriptions, in the order of their ids. */
  list(): Promise<Subscription[]>;
  /**
   * Replaces `before` by `after`. Resolves to false if another process has changed or removed the subscription
   * since it was read.
   */
  replace(before: Subscription, after: Subscription): Promise<boolean>;
  /** Does nothing if there is no such subscription. */
  remove(id: string): Promise<void>;
}

export type Subscription = {
  /** Nobody can guess it: knowing it is enough to remove the subscription. */
  id: string;
  /**
   * Where the service POSTs notifications. It holds a secret of the subscriber, so no log and no answer shows it.
   */
  callbackUrl: string;
  events: readonly NotificationEvent[];
  /** Null: of all environments. */
  environment: string | null;
  /** Null: of all jobs. */
  jobId: JobId | null;
  createdAt: Date;
} & SubscriptionHealth;

/** The latest failures of deliveries to a subscriber. */
export type SubscriptionHealth = {
  /** When the first delivery failed after the last one that arrived; null if none has failed. */
  failingSince: Date | null;
  /** The latest delivery that failed; it stays when a later one arrives. */
  lastFailure: { at: Date; reason: string } | null;
  /** Since when every answer has been HTTP 404. */
  notFoundSince: Date | null;
  /** When the service announced the failures. */
  failureAnnouncedAt: Date | null;
};

/** The health of a subscriber before any delivery fails. */
export const healthy: SubscriptionHealth = {
  failingSince: null,
  lastFailure: null,
  notFoundSince: null,
  failureAnnouncedAt: null,
};
