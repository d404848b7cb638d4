import { addMs } from '../policy/instants.ts';
import { giveUpDeliveryAfterMs, redeliveryMs } from '../policy/redelivery.ts';
import type { Delivery, Work } from '../ports/work-queue.ts';
import { askWithin } from './deadline.ts';
import { describeNotification } from './describe-notification.ts';
import type { Ports } from './ports.ts';

/** How long a subscriber has for its answer, in ms. */
const answerMs = 5000;

/**
 * POSTs a notification to its subscriber. What may go well later is in the queue again before this resolves; a
 * subscriber that is gone is forgotten. Rejects with LedgerUnavailable if the store cannot be reached.
 */
export function createDeliverNotification(ports: Ports) {
  return async function deliverNotification(work: Work, delivery: Delivery): Promise<void> {
    const { subscriptionId, notification } = delivery;
    const subscription = await ports.subscriptions.get(subscriptionId);
    if (!subscription) return;

    const body = await describeNotification(ports, work, notification);
    const outcome = await askWithin(ports.clock, answerMs, ports.hurry, (signal) =>
      ports.subscribers.notify(subscription.callbackUrl, body, signal),
    );
    switch (outcome.kind) {
      case 'delivered':
        return;
      case 'gone':
        return ports.subscriptions.remove(subscriptionId);
      case 'rejected':
        return ports.telemetry.warning(`${whatOf(delivery)} is not delivered: ${outcome.reason}.`);
      case 'failed':
        return deliverLater(work, delivery, outcome.retryAfterMs, outcome.reason);
    }
  };

  async function deliverLater(
    work: Work,
    delivery: Delivery,
    retryAfterMs: number | null,
    reason: string,
  ): Promise<void> {
    const now = ports.clock.now();
    if (now.getTime() - delivery.firstDueAt.getTime() >= giveUpDeliveryAfterMs) {
      ports.telemetry.warning(`${whatOf(delivery)} is given up after a day of tries: ${reason}.`);
      return;
    }
    const dueAt = addMs(now, redeliveryMs(delivery.tries, retryAfterMs, ports.randomness.random()));
    await ports.queue.put({ ...work, dueAt, delivery: { ...delivery, tries: delivery.tries + 1 } });
  }
}

/** Without the subscription's id, which is as good as a key. */
function whatOf({ notification }: Delivery): string {
  return `Notification ${notification.id} (${notification.event}) of batch job ${notification.failure.jobId}`;
}
