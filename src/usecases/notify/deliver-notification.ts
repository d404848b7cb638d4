import { addMs } from '../../domain/instants.ts';
import { giveUpDeliveryAfterMs, redeliveryMs } from '../../domain/redelivery.ts';
import type { Ports } from '../../ports/ports.ts';
import type { DeliveryOutcome } from '../../ports/subscribers.ts';
import type { Subscription } from '../../ports/subscriptions.ts';
import type { Later, WorkItem } from '../../ports/work-item.ts';
import { askWithin } from '../engine/deadline.ts';
import { describeNotification } from './describe-notification.ts';
import { recordFailure, recordSuccess } from './subscription-health.ts';

type Delivery = Extract<WorkItem, { kind: 'deliver' }>;
type Failed = Exclude<DeliveryOutcome, { kind: 'delivered' | 'gone' }>;

/** How long the service waits for a subscriber's answer, in ms. */
export const answerMs = 5000;

/**
 * POSTs a notification to its subscriber. If that fails, resolves to the next delivery, for a day. Removes the
 * subscription of a subscriber that is gone. Rejects with StoreUnavailable if the store cannot be reached.
 */
export function createDeliverNotification(ports: Ports) {
  const { clock, subscriptions, telemetry } = ports;

  return async function deliverNotification(delivery: Delivery): Promise<Later | null> {
    const subscription = await subscriptions.get(delivery.subscriptionId);
    if (!subscription) {
      const message = `${nameOf(delivery)} is not delivered: its subscription was removed.`;
      telemetry.record({ kind: 'warning', message });
      return null;
    }
    const body = await describeNotification(ports, delivery, delivery.notification);
    const outcome = await askWithin(clock, answerMs, ports.forcefulStop, (signal) =>
      ports.subscribers.notify(subscription.callbackUrl, body, signal),
    );
    switch (outcome.kind) {
      case 'delivered':
        if (subscription.failingSince) await subscriptions.replace(subscription, recordSuccess(subscription));
        return null;
      case 'gone':
        return drop(ports, subscription, delivery, outcome.reason);
      case 'not-found':
      case 'failed':
        return handleFailure(ports, subscription, delivery, outcome);
    }
  };
}

async function handleFailure(
  ports: Ports,
  before: Subscription,
  delivery: Delivery,
  failed: Failed,
): Promise<Later | null> {
  const { after, isGone, announce } = recordFailure(before, failed, ports.clock.now());
  if (isGone)
    return drop(ports, before, delivery, `nothing but ${failed.reason} since ${iso(after.notFoundSince)}`);
  const isRecorded = await ports.subscriptions.replace(before, after);
  if (isRecorded && announce) {
    const reason = `Every delivery to subscription ${idPrefixOf(before)} has failed since ${iso(announce)}: ${failed.reason}.`;
    announceFor(ports, delivery, 'subscriber-failing', reason);
  }
  return deliverLater(ports, delivery, failed);
}

async function drop(
  { subscriptions, telemetry }: Ports,
  subscription: Subscription,
  delivery: Delivery,
  reason: string,
): Promise<null> {
  await subscriptions.remove(subscription.id);
  const message = `Subscription ${idPrefixOf(subscription)} is dropped, and ${nameOf(delivery)} not delivered: ${reason}.`;
  telemetry.record({ kind: 'warning', message });
  return null;
}

function deliverLater(ports: Ports, delivery: Delivery, failed: Failed): Later | null {
  const now = ports.clock.now();
  if (now.getTime() - delivery.firstDueAt.getTime() >= giveUpDeliveryAfterMs) {
    const reason = `${nameOf(delivery)} is given up after a day of tries: ${failed.reason}.`;
    ports.telemetry.record({ kind: 'warning', message: reason });
    announceFor(ports, delivery, 'undelivered', reason);
    return null;
  }
  const retryAfterMs = failed.kind === 'failed' ? failed.retryAfterMs : null;
  const delayMs = redeliveryMs(delivery.failedAttempts, retryAfterMs, ports.randomness.random());
  const next = {
    ...delivery,
    dueAt: addMs(now, delayMs),
    faults: 0,
    failedAttempts: delivery.failedAttempts + 1,
  };
  return { item: next, delayMs };
}

function announceFor(
  { telemetry }: Ports,
  { environment, jobId, notification }: Delivery,
  about: 'subscriber-failing' | 'undelivered',
  reason: string,
): void {
  const { id: notificationId, episode } = notification;
  telemetry.record({ kind: 'announced', about, notificationId, episode, environment, jobId, reason });
}

/** Enough of a subscription's id to find the subscription. The whole id works like a key, so no log shows it. */
export function idPrefixOf({ id }: Pick<Subscription, 'id'>): string {
  return id.slice(0, 8);
}

function nameOf({ notification }: Delivery): string {
  return `Notification ${notification.id} (${notification.event}) of batch job ${notification.failure.jobId}`;
}

function iso(instant: Date | null): string {
  return instant?.toISOString() ?? 'an unknown time';
}
