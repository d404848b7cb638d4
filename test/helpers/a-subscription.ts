import { healthy, type Subscription } from '../../src/ports/subscriptions.ts';

/** A subscription to everything, unless `changes` says otherwise, whose address nobody serves. */
export function aSubscription(changes: Partial<Subscription> = {}): Subscription {
  return {
    id: 'subscription',
    callbackUrl: 'https://example.org/callback',
    events: ['exhausted', 'requeued', 'recovered', 'needs-attention'],
    environment: null,
    jobId: null,
    createdAt: new Date('2026-03-02T00:00:00Z'),
    ...healthy,
    ...changes,
  };
}
