import pMap from 'p-map';
import { needsPerson, type Notification } from '../../domain/job/notification.ts';
import type { BatchJobKey } from '../../ports/ledger.ts';
import type { Deadline } from '../engine/deadline.ts';
import { type Engine, runJob } from '../engine/run-job.ts';
import { wants } from '../engine/recent-subscriptions.ts';
import { recordNotified } from '../engine/record-notified.ts';

/** How many deliveries are enqueued at the same time. */
const concurrency = 16;

/**
 * Publishes a job's outbox: logs what a person must look at, and enqueues a delivery for each subscriber. One
 * process does so at a time. If it dies, another publishes everything once more under the same ids.
 */
export async function publishOutbox(engine: Engine, of: BatchJobKey, deadline: Deadline): Promise<void> {
  const { ports } = engine;
  // `of` may be a work item: its other properties must not reach new items.
  const key = { environment: of.environment, jobId: of.jobId };
  const leased = await runJob(engine, key, { kind: 'publishing' }, deadline);
  if (leased.unchanged) return;
  const messages = leased.job?.outbox.messages ?? [];
  const news = await pMap(messages, async (one) => ((await mustPublish(engine, key, one)) ? one : []));
  await enqueueDeliveries(engine, key, news.flat());
  for (const notification of news.flat()) {
    recordNotified(ports, key, notification);
    if (!needsPerson(notification)) continue;
    const { id, episode, decision, reason } = notification;
    ports.telemetry.record({
      kind: 'announced',
      ...key,
      about: decision,
      reason,
      notificationId: id,
      episode,
    });
  }
  const ids = new Set(messages.map(({ id }) => id));
  const page = { job: leased.job, version: leased.version, eventKnown: false };
  const done = await runJob(engine, key, { kind: 'published', ids }, deadline, { page });
  // Decisions that were made during our lease are ours to publish.
  if (done.job?.outbox.messages.length) await publishOutbox(engine, key, deadline);
}

/** A set-up problem stops every job of its environment: the service announces it once, not once per job. */
async function mustPublish(
  { gate }: Engine,
  { environment }: BatchJobKey,
  { decision, event, id }: Notification,
): Promise<boolean> {
  const isSetupProblem = decision === 'deferred' && event === 'needs-attention';
  return !isSetupProblem || gate.mayAnnounceSetupProblem(environment, id);
}

async function enqueueDeliveries(
  { ports }: Engine,
  key: BatchJobKey,
  messages: readonly Notification[],
): Promise<void> {
  const subscriptions = await ports.subscriptions.list();
  const dueAt = ports.clock.now();
  const deliveries = messages.flatMap((notification) =>
    subscriptions
      .filter((subscription) => wants(subscription, notification, key))
      .map(({ id: subscriptionId }) => ({
        subscriptionId,
        notification,
        firstDueAt: dueAt,
        failedAttempts: 0,
      })),
  );
  await pMap(
    deliveries,
    (delivery) => ports.queue.enqueue({ kind: 'deliver', ...key, dueAt, faults: 0, ...delivery }),
    { concurrency },
  );
}
