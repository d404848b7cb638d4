import type { Notification } from '../../domain/job/notification.ts';
import type { BatchJobKey } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Subscription } from '../../ports/subscriptions.ts';

/** How old the list may be, in ms. Who subscribes gets what is decided from then on. */
export const recentMs = 5000;

type Listed = { atMs: number; subscriptions: Promise<readonly Subscription[]> };

/** The subscriptions as they were a few seconds ago: enough to know that nobody wants a notification. */
export class RecentSubscriptions {
  readonly #ports: Pick<Ports, 'subscriptions' | 'clock'>;
  #listed: Listed | null = null;

  constructor(ports: Pick<Ports, 'subscriptions' | 'clock'>) {
    this.#ports = ports;
  }

  /** Whether somebody wants a notification. If the list cannot be read, somebody may: publishing reads it again. */
  async mayWant(key: BatchJobKey, notification: Notification): Promise<boolean> {
    const subscriptions = await this.#list().catch(() => null);
    return subscriptions?.some((subscription) => wants(subscription, notification, key)) ?? true;
  }

  /** Lists the subscriptions again, if the list is old, for somebody who asks soon. Never rejects. */
  async prepare(): Promise<void> {
    await this.#list().catch(() => undefined);
  }

  /** Forgets the list, because this process has changed it. */
  forget(): void {
    this.#listed = null;
  }

  #list(): Promise<readonly Subscription[]> {
    const nowMs = this.#ports.clock.uptimeMs();
    if (this.#listed && nowMs - this.#listed.atMs < recentMs) return this.#listed.subscriptions;
    const listed: Listed = { atMs: nowMs, subscriptions: this.#ports.subscriptions.list() };
    this.#listed = listed;
    listed.subscriptions.catch(() => {
      if (this.#listed === listed) this.#listed = null;
    });
    return listed.subscriptions;
  }
}

/** Whether a subscriber wants a notification about a job. */
export function wants(
  { events, environment, jobId }: Subscription,
  { event }: Notification,
  key: BatchJobKey,
): boolean {
  const isOfEnvironment = environment === null || environment === key.environment;
  return events.includes(event) && isOfEnvironment && (jobId === null || jobId === key.jobId);
}
