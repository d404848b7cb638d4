import { healthy, type Subscription, type SubscriptionHealth } from '../../ports/subscriptions.ts';

/** After so long of nothing but HTTP 404, in ms, a subscription is dropped: a gateway may answer so for a while. */
export const dropAfterMs = 12 * 3_600_000;

/** After so long of nothing but failures, in ms, people are told. */
export const announceAfterMs = 3_600_000;

/** What a delivery that failed makes of its subscription. */
export type FailedDelivery = {
  after: Subscription;
  /** The subscriber is not there any more: its subscription is dropped. */
  isGone: boolean;
  /** Since when it fails, if people are to be told of that now. */
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

/** What a delivery that arrived makes of its subscription. The latest failure stays, to be looked at. */
export function recordSuccess(before: Subscription): Subscription {
  return { ...before, ...healthy, lastFailure: before.lastFailure };
}
