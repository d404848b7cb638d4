import { causeIdOf } from '../../domain/cause/cause.ts';
import { type BatchJob, isLeased, openFailures, type Outbox } from '../../domain/job/batch-job.ts';
import type { Decision } from '../../domain/job/decision.ts';
import { claimLeaseMs } from '../../domain/job/claim-request.ts';
import type { JobEvent, Transition } from '../../domain/job/job-event.ts';
import { failedRunWindow, newFailures } from '../../domain/job/new-failures.ts';
import { needsPerson, type Notification, notificationOf } from '../../domain/job/notification.ts';
import { type BatchJobKey, historyEntry, StoreUnavailable, type Version } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';
import type { RecentSubscriptions } from './recent-subscriptions.ts';
import { recordNotified } from './record-notified.ts';
import { enqueueLookUp } from './enqueue-look-up.ts';
import type { EnvironmentGate, Permit } from './environment-gate.ts';
import { recordDecisions } from './record-decisions.ts';
import { enqueueWakeUp, isWakeUpInDoubt, wakeUpFor } from './wake-up.ts';

/**
 * Longer than a call of the store takes, in ms: an item that arrived before its record was written would do
 * nothing.
 */
const afterWriteMs = 2000;

type Writer = { ports: Ports; gate: EnvironmentGate; recentSubscriptions: RecentSubscriptions };

/** The record as the caller read it, and the wake-up that the queue delivered to it. */
type Before = { job: BatchJob | null; version: Version; heldWakeId?: string | undefined };

export type Written = { job: BatchJob; version: Version; permit: Permit | null };

/**
 * Writes what the machine decided, and enqueues the wake-up and the look-up of the cause; null if another process
 * wrote first. It enqueues both before it writes the record that decides. Only for the claim of a delivered failure
 * does it do all at the same time: its sender delivers again if this process dies, or the wake-up takes the claim over.
 */
export async function writeJob(
  { ports, gate, recentSubscriptions }: Writer,
  key: BatchJobKey,
  event: JobEvent,
  { job: before, version, heldWakeId }: Before,
  { job: decided, decisions, request }: Extract<Transition, { kind: 'changed' }>,
): Promise<Written | null> {
  const at = ports.clock.now();
  const notifications = decisions.flatMap((made) => notificationOf(made, at, ports.randomness.uuid()) ?? []);
  const messages: Notification[] = [];
  for (const one of notifications) {
    if (needsPerson(one) || (await recentSubscriptions.mayWant(key, one))) messages.push(one);
  }
  const wake = wakeUpFor(decided, event, request, heldWakeId, ports.randomness.uuid());
  const job: BatchJob = { ...decided, wake, outbox: withMessages(decided.outbox, messages) };
  const untilMs = wake ? wake.at.getTime() - at.getTime() : 0;
  const isLacking = wake !== null && (wake.id !== decided.wake?.id || isWakeUpInDoubt(decided, event));
  const enqueued = isLacking
    ? enqueueWakeUp(ports, key, wake, isLeased(job) ? claimLeaseMs : Math.max(untilMs, afterWriteMs))
    : null;
  const lookedFor = newFailures(before, event, job, decisions).map((failure) => {
    const text = event.kind === 'failure' ? (event.text ?? null) : null;
    return enqueueLookUp(ports, key.environment, failure, failedRunWindow(before, job, failure, at), text);
  });
  if (event.kind !== 'failure' || !request) await Promise.all([enqueued, ...lookedFor]);
  const change = {
    at,
    job,
    eventIds: newEventIds(before, job, decisions),
    history: decisions.map((made) => historyEntry(made, at)),
  };
  // The outcome of the request asks for the list.
  if (request) void recentSubscriptions.prepare();
  const [written, permit] = await Promise.all([
    ports.ledger.write(key, version, change),
    request ? gate.acquirePermit(key.environment) : null,
    enqueued,
    messages.length > 0 ? enqueuePublish(ports, key) : null,
    ...lookedFor,
  ]);
  if (written.kind === 'conflict') {
    if (permit) gate.returnPermit(key.environment, permit);
    return null;
  }
  recordDecisions(ports, key.environment, decisions);
  for (const one of notifications) if (!messages.includes(one)) recordNotified(ports, key, one);
  return { job, version: written.version, permit };
}

/**
 * The events that the record now knows, and did not know before. A cause has an id of its own: its failure may still
 * wait in the work queue, and must not count as decided.
 */
function newEventIds(before: BatchJob | null, job: BatchJob, decisions: readonly Decision[]): string[] {
  const decided = decisions.map(({ about, failure: { eventId } }) =>
    about === 'cause' ? causeIdOf(eventId) : eventId,
  );
  const ids = new Set([...decided, ...openFailures(job).map(({ eventId }) => eventId)]);
  for (const { eventId } of before ? openFailures(before) : []) ids.delete(eventId);
  return [...ids];
}

/** New messages get a publish item of their own, which also publishes the older messages of the outbox. */
function withMessages(outbox: Outbox, messages: readonly Notification[]): Outbox {
  if (messages.length === 0) return outbox;
  return { ...outbox, messages: [...outbox.messages, ...messages], isDeadLettered: false };
}

/** The record holds the outbox: if this item cannot be enqueued, the next write or the sweep publishes it. */
async function enqueuePublish(ports: Ports, key: BatchJobKey): Promise<void> {
  try {
    const dueAt = new Date(ports.clock.now().getTime() + afterWriteMs);
    await ports.queue.enqueue({ kind: 'publish', ...key, dueAt, faults: 0 });
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    const message = `The notifications of batch job ${key.jobId} are published later.`;
    ports.telemetry.record({ kind: 'error', message, error });
  }
}
