import type { Permit } from '../../domain/environment/environment-state.ts';
import type { Failure } from '../../domain/failure.ts';
import {
  type BatchJob,
  type Claim,
  isLeased,
  nextDueAt,
  openFailures,
  type Outbox,
  type Wake,
} from '../../domain/job/batch-job.ts';
import { claimLeaseMs } from '../../domain/job/claim-request.ts';
import { type Decision, failureDecision } from '../../domain/job/decision.ts';
import type { JobEvent, Transition } from '../../domain/job/job-event.ts';
import { type Notification, notificationOf } from '../../domain/job/notification.ts';
import { transition } from '../../domain/job/transition.ts';
import type { ReadOutcome, SetToWaitingOutcome } from '../../domain/outcome.ts';
import type { FailedJob, RetryPolicy } from '../../domain/retry-policy/retry-policy.ts';
import {
  type BatchJobKey,
  historyEntry,
  type JobSnapshot,
  StoreUnavailable,
  type Version,
} from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Deadline } from './deadline.ts';
import type { EnvironmentGate } from './environment-gate.ts';
import { recordDecisions } from './record-decisions.ts';

/** What the engine needs beside the ports. */
export type Engine = {
  ports: Ports;
  gate: EnvironmentGate;
  /** The policy entry that lists the failed job, or null if none does. */
  policyFor: (environment: string, failure: FailedJob) => RetryPolicy | null;
  requeuesPerMinute: number;
};

/** What came of an event. */
export type Ran = {
  /** The record as it is now. */
  job: BatchJob | null;
  decisions: Decision[];
  /** Why nothing was written, and when the job is looked at again; null if something was. */
  unchanged: { reason: string; dueAt: Date | null } | null;
  /** What F&O said when it was read, and what it answered to a request, if it was asked. */
  read: ReadOutcome | null;
  outcome: SetToWaitingOutcome | null;
};

/** Writers of one job that come between; more at once than any environment's failures of one job. */
const maxConflicts = 20;

/** Longer than a call of the store takes, in ms: an item that came before its record was written would do nothing. */
const afterWriteMs = 2000;

/** What the caller has: the record as it was read, and the wake-up that the queue handed out to it. */
export type Given = { page?: JobSnapshot; heldWakeId?: string | undefined };

/** The machine asks for a read once. */
type Step = Exclude<Transition, { kind: 'read' }>;
type Changed = Extract<Step, { kind: 'changed' }>;

/**
 * Takes an event to a job's state machine, and does what it says: reads the job in F&O, queues the wake-up, writes
 * the record, sends the request. The only place that writes a job, meets conflicts and sends.
 * Rejects with StoreUnavailable only before a request was sent; then the event must come again.
 */
export async function runJob(
  engine: Engine,
  key: BatchJobKey,
  event: JobEvent,
  deadline: Deadline,
  given: Given = {},
): Promise<Ran> {
  const { ledger } = engine.ports;
  const heldWakeId = event.kind === 'woken' ? event.wakeId : given.heldWakeId;
  let page = given.page ?? (await ledger.read(key, eventIdOf(event)));
  for (let conflicts = 0; conflicts < maxConflicts; conflicts++) {
    const { step, read } = await decide(engine, key, event, page, deadline);
    if (step.kind === 'unchanged') {
      await wakeAgain(engine, key, event, page, step.dueAt);
      return { job: page.job, decisions: [], unchanged: step, read, outcome: null };
    }
    const stored = await store(engine, key, event, { ...page, heldWakeId }, step);
    if (stored) {
      const ran = { job: stored.job, decisions: step.decisions, unchanged: null, read, outcome: null };
      return step.request ? send(engine, key, step.request, { ...stored, heldWakeId }, deadline, ran) : ran;
    }
    // What F&O took is recorded, however late, if the answer is too late already: the claim may be another's by now.
    if (!deadline.canCallStore() && !(event.kind === 'answered' && deadline.isOver())) break;
    page = await ledger.read(key, eventIdOf(event));
  }
  throw new StoreUnavailable(`Batch job ${key.jobId} is being written by too many at once.`);
}

/** Asks the machine; reads the job in F&O where it wants that. */
async function decide(
  { ports, gate, policyFor }: Engine,
  key: BatchJobKey,
  event: JobEvent,
  { job, eventKnown: isKnown }: JobSnapshot,
  deadline: Deadline,
): Promise<{ step: Step; read: ReadOutcome | null }> {
  const { environment } = key;
  const given = {
    environment,
    isKnown,
    policyFor: (failure: Failure) => policyFor(environment, failure),
    random: ports.randomness.random(),
    token: ports.randomness.uuid(),
  };
  const first = transition(job, event, { ...given, now: ports.clock.now(), read: null });
  if (first.kind !== 'read') return { step: first, read: null };
  const read = await gate.read(key, deadline);
  if (read.kind === 'found') {
    gate.warnOfTimes(environment, read.observation, event.kind === 'failure' ? event.failure.endedAt : null);
  }
  const step = transition(job, event, { ...given, now: ports.clock.now(), read });
  if (step.kind === 'read') throw new Error('The job was read, and is to be read again.');
  return { step, read: read.kind === 'out-of-time' || read.kind === 'breaker-open' ? null : read };
}

type Stored = { job: BatchJob; version: Version; permit: Permit | null };

/**
 * Writes what the machine decided, with the wake-up in the queue; null if another process wrote first. The wake-up is
 * there before the record says so; only what is delivered from outside, and comes again if this process dies, writes
 * both at once.
 */
async function store(
  { ports, gate }: Engine,
  key: BatchJobKey,
  event: JobEvent,
  { version, heldWakeId }: Pick<JobSnapshot, 'version'> & Given,
  { job: decided, decisions, request }: Changed,
): Promise<Stored | null> {
  const at = ports.clock.now();
  const news = decisions.flatMap((made) => notificationOf(made, at, ports.randomness.uuid()) ?? []);
  const wake = wakeFor(decided, event, request, heldWakeId, ports.randomness.uuid());
  const job: BatchJob = { ...decided, wake, outbox: withNews(decided.outbox, news) };
  const untilMs = wake ? wake.at.getTime() - at.getTime() : 0;
  const isNewWake = wake !== null && wake.id !== decided.wake?.id;
  const enqueued = isNewWake
    ? enqueueWake(ports, key, wake, request ? claimLeaseMs : Math.max(untilMs, afterWriteMs))
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

/**
 * The wake-up that counts from now on. That of a claim is its lease, and so a new one: copies of an older one may be
 * on their way. The one that the queue handed out takes its place there again, for the next time; one that comes in
 * time stays.
 */
function wakeFor(
  job: BatchJob,
  event: JobEvent,
  request: Claim | null,
  heldWakeId: string | undefined,
  newId: string,
): Wake | null {
  const { wake } = job;
  if (!changesWhatIsDue(event)) return wake;
  const dueAt = nextDueAt(job);
  if (!dueAt) return null;
  if (wake && !request) {
    if (wake.id === heldWakeId) return { ...wake, at: dueAt };
    if (!wake.isDeadLettered && wake.at <= dueAt) return wake;
  }
  return { id: newId, at: dueAt, isDeadLettered: false };
}

/** A dead letter stays one until something happens to its job. */
function changesWhatIsDue({ kind }: JobEvent): boolean {
  return kind !== 'dead-lettered' && kind !== 'publishing' && kind !== 'published';
}

function enqueueWake({ queue }: Ports, key: BatchJobKey, { id, at }: Wake, delayMs: number): Promise<void> {
  return queue.enqueue({ kind: 'wake', ...key, dueAt: at, faults: 0, wakeId: id }, { delayMs });
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

/** The first process of an open failure that is delivered again may have died before it queued the wake-up. */
async function wakeAgain(
  { ports }: Engine,
  key: BatchJobKey,
  event: JobEvent,
  { job }: JobSnapshot,
  dueAt: Date | null,
): Promise<void> {
  if (event.kind !== 'failure' || !dueAt || !job?.wake) return;
  const untilDueMs = Math.max(dueAt.getTime() - ports.clock.now().getTime(), 0);
  await enqueueWake(ports, key, { ...job.wake, at: dueAt }, isLeased(job) ? claimLeaseMs : untilDueMs);
}

/** Sends the request that was claimed, if it may be sent now, and takes what became of it to the machine. */
async function send(
  engine: Engine,
  key: BatchJobKey,
  claim: Claim,
  { job, version, permit, heldWakeId }: Stored & Given,
  deadline: Deadline,
  ran: Ran,
): Promise<Ran> {
  const { ports, gate } = engine;
  const given = { page: { job, version, eventKnown: true }, heldWakeId };
  if (permit?.kind === 'denied') {
    const { until, cause } = permit;
    return record(engine, key, { kind: 'permit-denied', claim, until, cause }, deadline, given, ran);
  }
  // The time for F&O is over long before the lease is: a process that was held up sends nothing.
  const outcome = !deadline.canCallFno()
    ? noTime
    : await deadline.ask((signal) => ports.batchJobs(key.environment).setToWaiting(key.jobId, signal));
  const [recorded] = await Promise.all([
    record(engine, key, { kind: 'answered', claim, outcome }, deadline, given, ran),
    permit && gate.recordOutcome(key.environment, permit.breaker, 'request', outcome),
  ]);
  return { ...recorded, outcome };
}

const noTime: SetToWaitingOutcome = {
  kind: 'not-sent',
  cause: 'time',
  answer: { status: null, isSuccess: null, message: null },
};

/** The claim is durable: if its outcome cannot be written, its wake-up settles it by a read of the job. */
async function record(
  engine: Engine,
  key: BatchJobKey,
  event: Extract<JobEvent, { kind: 'answered' | 'permit-denied' }>,
  deadline: Deadline,
  given: Given & { page: JobSnapshot },
  before: Ran,
): Promise<Ran> {
  const { ports, policyFor } = engine;
  const { claim } = event;
  const { failure } = claim.attempt;
  const unrecorded = (job: BatchJob, reason: string) =>
    failureDecision(job, failure, 'deferred', reason, {
      dueAt: claim.dueAt,
      policy: policyFor(key.environment, failure),
    });
  try {
    const ran = await runJob(engine, key, event, deadline, given);
    const { unchanged, job } = ran;
    const made = unchanged && job ? [unrecorded(job, unchanged.reason)] : ran.decisions;
    return { ...before, job, decisions: [...before.decisions, ...made] };
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    ports.telemetry.error(
      `The outcome of a request for batch job ${key.jobId} could not be recorded.`,
      error,
    );
    const reason = "F&O's answer could not be recorded: the job is read in F&O to settle it.";
    const { job } = given.page;
    const made = job ? [unrecorded(job, reason)] : [];
    return { ...before, decisions: [...before.decisions, ...made] };
  }
}

/** The event that the ledger is asked for. */
function eventIdOf(event: JobEvent): string | null {
  return event.kind === 'failure' || event.kind === 'operator' ? event.failure.eventId : null;
}
