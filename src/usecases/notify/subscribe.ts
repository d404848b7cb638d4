import type { JobId } from '../../domain/job-id.ts';
import type { NotificationEvent } from '../../domain/job/outcomes.ts';
import type { Ports } from '../../ports/ports.ts';
import { healthy, type Subscription } from '../../ports/subscriptions.ts';

export type Wanted = {
  callbackUrl: string;
  events: readonly NotificationEvent[];
  environment: string | null;
  jobId: JobId | null;
};

export type Subscribed =
  { kind: 'subscribed'; subscription: Subscription } | { kind: 'not-allowed'; reason: string };

/** Keeps who wants to be told what, if their address may be called. Rejects with StoreUnavailable. */
export function createSubscribe({ subscribers, subscriptions, randomness, clock }: Ports) {
  return async function subscribe(wanted: Wanted): Promise<Subscribed> {
    const reason = await subscribers.whyNotAllowed(wanted.callbackUrl);
    if (reason !== null) return { kind: 'not-allowed', reason };
    const subscription = { id: randomness.uuid(), ...wanted, createdAt: clock.now(), ...healthy };
    await subscriptions.add(subscription);
    return { kind: 'subscribed', subscription };
  };
}
