import type { Failure } from '../../domain/failure.ts';
import type { BatchJob, Claim } from '../../domain/job/batch-job.ts';
import { type Decision, failureDecision } from '../../domain/job/decision.ts';
import type { JobEvent, Transition } from '../../domain/job/job-event.ts';
import { transition } from '../../domain/job/transition.ts';
import type { ReadOutcome, SetToWaitingOutcome } from '../../domain/outcome.ts';
import type { FailedJob, RetryPolicy } from '../../domain/retry-policy/retry-policy.ts';
import { type BatchJobKey, type JobSnapshot, StoreUnavailable } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Deadline } from './deadline.ts';
import type { EnvironmentGate } from './environment-gate.ts';
import { enqueueWakeUpAgain } from './wake-up.ts';
import { writeJob, type Written } from './write-job.ts';

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

/** What the caller has: the record as it was read, and the wake-up that the queue handed out to it. */
export type Given = { page?: JobSnapshot; heldWakeId?: string | undefined };

/** The machine asks for a read once. */
type Step = Exclude<Transition, { kind: 'read' }>;

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
      await enqueueWakeUpAgain(engine.ports, key, event, page, step.dueAt);
      return { job: page.job, decisions: [], unchanged: step, read, outcome: null };
    }
    const written = await writeJob(engine, key, event, { ...page, heldWakeId }, step);
    if (written) {
      const ran = { job: written.job, decisions: step.decisions, unchanged: null, read, outcome: null };
      return step.request ? send(engine, key, step.request, { ...written, heldWakeId }, deadline, ran) : ran;
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

/** Sends the request that was claimed, if it may be sent now, and takes what became of it to the machine. */
async function send(
  engine: Engine,
  key: BatchJobKey,
  claim: Claim,
  { job, version, permit, heldWakeId }: Written & Given,
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
