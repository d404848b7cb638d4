import type { Ports } from '../../ports/ports.ts';
import type { Subscription } from '../../ports/subscriptions.ts';
import { idPrefixOf } from './deliver-notification.ts';

/** A subscription as people may see it. */
export type SubscriptionView = Pick<
  Subscription,
  'events' | 'environment' | 'jobId' | 'createdAt' | 'failingSince' | 'lastFailure'
> & {
  /** The first characters of the id. The whole id works like a key. */
  idPrefix: string;
};

export function createListSubscriptions({ subscriptions }: Ports) {
  return async function listSubscriptions(): Promise<SubscriptionView[]> {
    const all = await subscriptions.list();
    return all.map((subscription) => {
      const { events, environment, jobId, createdAt, failingSince, lastFailure } = subscription;
      const idPrefix = idPrefixOf(subscription);
      return { idPrefix, events, environment, jobId, createdAt, failingSince, lastFailure };
    });
  };
}
