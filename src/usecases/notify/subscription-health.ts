import { healthy, type Subscription, type SubscriptionHealth } from '../../ports/subscriptions.ts';

/**
 * The service drops a subscription after this long of nothing but HTTP 404, in ms: a gateway may answer so for a
 * while.
 */
export const dropAfterMs = 12 * 3_600_000;

/** The service announces a subscriber after this long of nothing but failures, in ms. */
export const announceAfterMs = 3_600_000;

/** The subscription after a failed delivery. */
export type FailedDelivery = {
  after: Subscription;
  /** The subscriber is gone: the service drops its subscription. */
  isGone: boolean;
  /** Since when it fails, if the service must announce that now. */
  announce: Date | null;
};

export function recordFailure(
  before: Subscription,
  { kind, reason }: { kind: 'not-found' | 'failed'; reason: string },
  at: Date,
): FailedDelivery {
  const failingSince = before.failingSince ?? at;
  const notFoundSince = kind === 'not-found' ? (before.notFoundSince ?? at) : null;
  const isGone = notFoundSince !== null && at.getTime() - notFoundSince.getTime() >= dropAfterMs;
  const isLong = at.getTime() - failingSince.getTime() >= announceAfterMs;
  const announce = isLong && before.failureAnnouncedAt === null ? failingSince : null;
  const health: SubscriptionHealth = {
    failingSince,
    lastFailure: { at, reason },
    notFoundSince,
    failureAnnouncedAt: announce ? at : before.failureAnnouncedAt,
  };
  return { after: { ...before, ...health }, isGone, announce };
}

/** The subscription after a delivery that arrived. It keeps the latest failure for people. */
export function recordSuccess(before: Subscription): Subscription {
  return { ...before, ...healthy, lastFailure: before.lastFailure };
}
