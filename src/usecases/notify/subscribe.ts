import type { JobId } from '../../domain/job-id.ts';
import type { NotificationEvent } from '../../domain/job/outcomes.ts';
import type { Ports } from '../../ports/ports.ts';
import { healthy, type Subscription } from '../../ports/subscriptions.ts';
import type { RecentSubscriptions } from '../engine/recent-subscriptions.ts';

export type Wanted = {
  callbackUrl: string;
  events: readonly NotificationEvent[];
  environment: string | null;
  jobId: JobId | null;
};

export type Subscribed =
  { kind: 'subscribed'; subscription: Subscription } | { kind: 'not-allowed'; reason: string };

/** Adds a subscription if the service may call its address. Rejects with StoreUnavailable. */
export function createSubscribe(
  { subscribers, subscriptions, randomness, clock }: Ports,
  recentSubscriptions: RecentSubscriptions,
) {
  return async function subscribe(wanted: Wanted): Promise<Subscribed> {
    const reason = await subscribers.whyNotAllowed(wanted.callbackUrl);
    if (reason !== null) return { kind: 'not-allowed', reason };
    const subscription = { id: randomness.uuid(), ...wanted, createdAt: clock.now(), ...healthy };
    await subscriptions.add(subscription);
    recentSubscriptions.forget();
    return { kind: 'subscribed', subscription };
  };
}
