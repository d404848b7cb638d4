import pMap from 'p-map';
import type { BatchJob } from '../policy/batch-job.ts';
import { addMs } from '../policy/instants.ts';
import type { Notification } from '../policy/notification.ts';
import type { BatchJobKey, LedgerPage } from '../ports/ledger.ts';
import type { Subscription } from '../ports/subscriptions.ts';
import { maxConflicts, tooManyWriters } from './conflicts.ts';
import type { Ports } from './ports.ts';

/** How long telling is left to the process that began it, in ms. */
const tellingLeaseMs = 30_000;

/** Deliveries that are put into the work queue at once. */
const concurrency = 16;
/**
 * Tells what the record of a job holds untold: to those who watch, and by the work queue to each subscriber. One
 * process tells at a time; if it dies, its item in the work queue comes again, and all is told once more under
 * the same ids. Resolves to the record as it is then.
 */
export async function tellUntold(ports: Ports, key: BatchJobKey, read: LedgerPage): Promise<LedgerPage> {
  const now = ports.clock.now();
  const isOurs = (job: BatchJob) => job.untold.length > 0 && !(job.tellingUntil && job.tellingUntil > now);
  const tellingUntil = addMs(now, tellingLeaseMs);
  const leased = await change(ports, key, read, (job) => (isOurs(job) ? { ...job, tellingUntil } : null));
  if (!leased.isWritten) return leased.page;

  const told = leased.page.job?.untold ?? [];
  await putDeliveries(ports, key, told);
  for (const notification of told) {
    ports.observer.notified(key, notification);
    const { id, event, episode, decision, reason } = notification;
    if (event !== 'exhausted' && event !== 'needs-attention') continue;
    ports.telemetry.announced({ ...key, kind: decision, reason, notificationId: id, episode });
  }
  const ids = new Set(told.map(({ id }) => id));
  const done = await change(ports, key, leased.page, (job) => ({
    ...job,
    untold: job.untold.filter(({ id }) => !ids.has(id)),
    tellingUntil: null,
  }));
  // What came meanwhile may have met our lease, and is left to us.
  return done.page.job?.untold.length ? tellUntold(ports, key, done.page) : done.page;
}

async function putDeliveries(ports: Ports, key: BatchJobKey, told: readonly Notification[]): Promise<void> {
  const subscriptions = await ports.subscriptions.list();
  const deliveries = told.flatMap((notification) =>
    subscriptions
      .filter((subscription) => wants(subscription, notification, key))
      .map(({ id }) => ({ notification, subscriptionId: id })),
  );
  const dueAt = ports.clock.now();
  await pMap(
    deliveries,
    (one) => ports.queue.put({ ...key, dueAt, delivery: { ...one, firstDueAt: dueAt, tries: 0 } }),
    { concurrency },
  );
}

function wants(
  { events, environment, jobId }: Subscription,
  { event }: Notification,
  key: BatchJobKey,
): boolean {
  const isOfEnvironment = environment === null || environment === key.environment;
  return events.includes(event) && isOfEnvironment && (jobId === null || jobId === key.jobId);
}

/** Writes what `changed` makes of the record, unless that is null, and reads it again if others wrote first. */
async function change(
  ports: Ports,
  key: BatchJobKey,
  read: LedgerPage,
  changed: (job: BatchJob) => BatchJob | null,
): Promise<{ page: LedgerPage; isWritten: boolean }> {
  let page = read;
  for (let conflicts = 0; conflicts < maxConflicts; conflicts++) {
    const job = page.job && changed(page.job);
    if (!job) return { page, isWritten: false };
    const record = { at: ports.clock.now(), job, eventIds: [], history: [] };
    const written = await ports.ledger.write(key, page.version, record);
    if (written.kind === 'written') {
      return { page: { job, version: written.version, seen: false }, isWritten: true };
    }
    page = await ports.ledger.read(key, null);
  }
  throw tooManyWriters(key);
}
