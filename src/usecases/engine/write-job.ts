import type { Permit } from '../../domain/environment/environment-state.ts';
import { type BatchJob, openFailures, type Outbox } from '../../domain/job/batch-job.ts';
import { claimLeaseMs } from '../../domain/job/claim-request.ts';
import type { JobEvent, Transition } from '../../domain/job/job-event.ts';
import { type Notification, notificationOf } from '../../domain/job/notification.ts';
import { type BatchJobKey, historyEntry, StoreUnavailable, type Version } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';
import type { EnvironmentGate } from './environment-gate.ts';
import { recordDecisions } from './record-decisions.ts';
import { enqueueWakeUp, wakeUpFor } from './wake-up.ts';

/** Longer than a call of the store takes, in ms: an item that came before its record was written would do nothing. */
const afterWriteMs = 2000;

export type Written = { job: BatchJob; version: Version; permit: Permit | null };

/**
 * Writes what the machine decided, with the wake-up in the queue; null if another process wrote first. The wake-up is
 * there before the record says so; only what is delivered from outside, and comes again if this process dies, writes
 * both at once.
 */
export async function writeJob(
  { ports, gate }: { ports: Ports; gate: EnvironmentGate },
  key: BatchJobKey,
  event: JobEvent,
  { version, heldWakeId }: { version: Version; heldWakeId?: string | undefined },
  { job: decided, decisions, request }: Extract<Transition, { kind: 'changed' }>,
): Promise<Written | null> {
  const at = ports.clock.now();
  const news = decisions.flatMap((made) => notificationOf(made, at, ports.randomness.uuid()) ?? []);
  const wake = wakeUpFor(decided, event, request, heldWakeId, ports.randomness.uuid());
  const job: BatchJob = { ...decided, wake, outbox: withNews(decided.outbox, news) };
  const untilMs = wake ? wake.at.getTime() - at.getTime() : 0;
  const isNewWake = wake !== null && wake.id !== decided.wake?.id;
  const enqueued = isNewWake
    ? enqueueWakeUp(ports, key, wake, request ? claimLeaseMs : Math.max(untilMs, afterWriteMs))
    : null;
  if (event.kind !== 'failure') await enqueued;
  const failures = [...decisions.map(({ failure }) => failure), ...openFailures(job)];
  const change = {
    at,
    job,
    eventIds: failures.map(({ eventId }) => eventId),
    history: decisions.map((made) => historyEntry(made, at)),
  };
  const [written, permit] = await Promise.all([
    ports.ledger.write(key, version, change),
    request ? gate.acquirePermit(key.environment) : null,
    enqueued,
    news.length > 0 ? enqueuePublish(ports, key) : null,
  ]);
  if (written.kind === 'conflict') return null;
  recordDecisions(ports, key.environment, decisions);
  return { job, version: written.version, permit };
}

/** What is new is published with an item of its own, and all that stood there with it. */
function withNews(outbox: Outbox, news: readonly Notification[]): Outbox {
  if (news.length === 0) return outbox;
  return { ...outbox, messages: [...outbox.messages, ...news], isDeadLettered: false };
}

/** The outbox stands in the record: if this cannot be queued, the next write or the sweep publishes it. */
async function enqueuePublish(ports: Ports, key: BatchJobKey): Promise<void> {
  try {
    const dueAt = new Date(ports.clock.now().getTime() + afterWriteMs);
    await ports.queue.enqueue({ kind: 'publish', ...key, dueAt, faults: 0 });
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    ports.telemetry.error(`The notifications of batch job ${key.jobId} are published later.`, error);
  }
}
