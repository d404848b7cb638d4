import { causeIdOf } from '../../domain/cause/cause.ts';
import type { Failure } from '../../domain/failure.ts';
import type { BatchJob, Claim } from '../../domain/job/batch-job.ts';
import { type Decision, failureDecision } from '../../domain/job/decision.ts';
import type { JobEvent, Transition } from '../../domain/job/job-event.ts';
import { transition } from '../../domain/job/transition.ts';
import type { ReadOutcome, SetToWaitingOutcome } from '../../domain/outcome.ts';
import type { FailedJob, RetryPolicy } from '../../domain/retry-policy/retry-policy.ts';
import { type BatchJobKey, type JobSnapshot, StoreUnavailable, type Version } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';
import type { RecentSubscriptions } from './recent-subscriptions.ts';
import type { Deadline } from './deadline.ts';
import { enqueueAgain } from './enqueue-again.ts';
import type { EnvironmentGate } from './environment-gate.ts';
import type { Turns } from './turns.ts';
import { toldUntil } from './told-until.ts';
import { isWakeUpInDoubt } from './wake-up.ts';
import { writeJob, type Written } from './write-job.ts';

/** What the engine works with. */
export type Engine = {
  ports: Ports;
  gate: EnvironmentGate;
  recentSubscriptions: RecentSubscriptions;
  turns: Turns;
  /** The policy entry that lists the failed job, or null if none does. */
  policyFor: (environment: string, failure: FailedJob) => RetryPolicy | null;
  requeuesPerMinute: number;
};

/** The result of an event. */
export type Ran = {
  /** The record as it is now, and its version. */
  job: BatchJob | null;
  version: Version;
  decisions: Decision[];
  /** Why nothing was written, and when the service processes the job again; null if something was written. */
  unchanged: { reason: string; dueAt: Date | null } | null;
  /** What the read showed, and what F&O answered to the request; null without one. */
  read: ReadOutcome | null;
  outcome: SetToWaitingOutcome | null;
};

/** How many conflicts with other writers one event may meet: more than one job has failures at the same time. */
const maxConflicts = 500;

/** What the caller has: the record as it read it, and the wake-up that the queue delivered to it. */
export type Given = { page?: JobSnapshot; heldWakeId?: string | undefined };

/** The machine asks for a read once. */
type Step = Exclude<Transition, { kind: 'read' }>;

/**
 * Runs an event through a job's state machine, and does what it decides: reads the job in F&O, enqueues the
 * wake-up, writes the record, sends the request. Only this place writes a job, meets conflicts and sends. Rejects
 * with StoreUnavailable only before a request was sent; then the event must be delivered again.
 */
export function runJob(
  engine: Engine,
  key: BatchJobKey,
  event: JobEvent,
  deadline: Deadline,
  given: Given = {},
): Promise<Ran> {
  const run = () => runNow(engine, key, event, deadline, given);
  return event.kind === 'failure' ? engine.turns.take(key, deadline, run) : run();
}

async function runNow(
  engine: Engine,
  key: BatchJobKey,
  event: JobEvent,
  deadline: Deadline,
  given: Given,
): Promise<Ran> {
  const { ledger } = engine.ports;
  const heldWakeId = event.kind === 'woken' ? event.wakeId : given.heldWakeId;
  let page = given.page ?? (await ledger.read(key, eventIdOf(event)));
  for (let conflicts = 0; conflicts < maxConflicts; conflicts++) {
    const { step, read } = await decide(engine, key, event, page, deadline);
    // Without time to write, what another process has written may still be the answer.
    const isTooLate = conflicts > 0 && !mayWrite(event, deadline);
    if (step.kind === 'unchanged' && !(isTooLate && lacksWakeUp(page, event))) {
      await enqueueAgain(engine.ports, key, event, page, step.dueAt);
      const { job, version } = page;
      return { job, version, decisions: [], unchanged: step, read, outcome: null };
    }
    if (step.kind === 'unchanged' || isTooLate) throw noTimeLeft(key);
    const written = await writeJob(engine, key, event, { ...page, heldWakeId }, step);
    if (written) {
      const { job, version } = written;
      const ran = { job, version, decisions: step.decisions, unchanged: null, read, outcome: null };
      return step.request ? send(engine, key, step.request, { ...written, heldWakeId }, deadline, ran) : ran;
    }
    if (!mayWrite(event, deadline) && !deadline.canCallStoreOnce()) throw noTimeLeft(key);
    page = await ledger.read(key, eventIdOf(event));
  }
  throw new StoreUnavailable(`Batch job ${key.jobId} has too many writers at the same time.`);
}

/**
 * Whether there is time to read and write once more. After the deadline, F&O's answer is still recorded, however late: the
 * claim may belong to another process by now. So is what was published: it would be published twice.
 */
function mayWrite(event: JobEvent, deadline: Deadline): boolean {
  const isRecordedLate = (event.kind === 'answered' && deadline.isOver()) || event.kind === 'published';
  return isRecordedLate || deadline.canCallStoreTwice();
}

function lacksWakeUp({ job }: JobSnapshot, event: JobEvent): boolean {
  return job !== null && isWakeUpInDoubt(job, event);
}

function noTimeLeft({ jobId }: BatchJobKey): StoreUnavailable {
  return new StoreUnavailable(
    `Another process wrote batch job ${jobId}, and no time was left to write it again.`,
  );
}

/** Calls the state machine. Reads the job in F&O if the machine asks for a read. */
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
    failuresToldUntil: null,
    isKnown,
    policyFor: (failure: Failure) => policyFor(environment, failure),
    random: ports.randomness.random(),
    token: ports.randomness.uuid(),
  };
  const first = transition(job, event, { ...given, now: ports.clock.now(), read: null });
  if (first.kind !== 'read') return { step: first, read: null };
  const [read, failuresToldUntil] = await Promise.all([
    gate.read(key, deadline),
    job?.seen.endedWithoutEvent ? toldUntil(ports, environment) : null,
  ]);
  if (read.kind === 'found') {
    gate.warnOfTimes(environment, read.observation, event.kind === 'failure' ? event.failure.endedAt : null);
  }
  const step = transition(job, event, { ...given, now: ports.clock.now(), read, failuresToldUntil });
  if (step.kind === 'read') throw new Error('The state machine asked for a second read.');
  return { step, read: read.kind === 'out-of-time' || read.kind === 'breaker-open' ? null : read };
}

/** Sends the claimed request, if it has a permit, and runs its outcome through the machine. */
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
  // The time for F&O ends long before the lease does: a process that was delayed sends nothing.
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

/** Records the outcome. If that fails, the claim is durable: its wake-up reconciles it by a read of the job. */
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
    const { unchanged, job, version } = ran;
    const made = unchanged && job ? [unrecorded(job, unchanged.reason)] : ran.decisions;
    return { ...before, job, version, decisions: [...before.decisions, ...made] };
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    const message = `The outcome of a request for batch job ${key.jobId} could not be recorded.`;
    ports.telemetry.record({ kind: 'error', message, error });
    const reason = "The service could not record F&O's answer: it reads the job in F&O to settle the claim.";
    const { job } = given.page;
    const made = job ? [unrecorded(job, reason)] : [];
    return { ...before, decisions: [...before.decisions, ...made] };
  }
}

/** The id of the event that the ledger looks up. */
function eventIdOf(event: JobEvent): string | null {
  if (event.kind === 'cause-found') return causeIdOf(event.failure.eventId);
  const isAboutFailure =
    event.kind === 'failure' || event.kind === 'run-learned' || event.kind === 'operator';
  return isAboutFailure ? event.failure.eventId : null;
}
