import type { Failure } from '../../domain/failure.ts';
import { newJob } from '../../domain/job/batch-job.ts';
import { failureDecision } from '../../domain/job/decision.ts';
import { answerOf, type EventAnswer } from '../../domain/job/event-answer.ts';
import type { OperatorEvent } from '../../domain/job/job-event.ts';
import type { OperatorAction } from '../../domain/job/outcomes.ts';
import type { ActionElements, NotTaken } from '../../domain/outcome.ts';
import type { BatchJobKey } from '../../ports/ledger.ts';
import { Deadline } from '../engine/deadline.ts';
import { recordDecisions } from '../engine/record-decisions.ts';
import { type Engine, type Ran, runJob } from '../engine/run-job.ts';
import { isAbout } from '../intake/decide-failure.ts';
import { type BatchJobView, viewJob } from './read-jobs.ts';

/** What an operator asks for. */
export type Request = {
  /** Who asks, if that is known. */
  by: string;
  reason: string;
  /** The caller's idempotency key: a second request with it does nothing. Null: there is none. */
  requestId: string | null;
};

export type Control = Extract<OperatorAction, 'reset' | 'pause' | 'resume'>;

type NotAsked =
  | { kind: 'no-such-job' }
  /** F&O cannot be called now, and the service did nothing. */
  | { kind: 'fno-unavailable'; outcome: NotTaken };

export type Retried = { kind: 'decided'; answer: EventAnswer } | NotAsked;

export type SetToWaiting =
  | { kind: 'answered'; action: ActionElements }
  /** It is not known whether F&O acted, or the same was requested before: the history shows the outcome. */
  | { kind: 'unknown'; reason: string }
  /** A request for this job is under way, or its fate is unknown. */
  | { kind: 'unsettled'; until: Date }
  /** The service sent nothing, or F&O did not take the request. */
  | { kind: 'not-taken'; reason: string }
  | NotAsked;

/** What operators do by hand. The history records each action, who asked and why. Rejects with StoreUnavailable. */
export function createOperate(engine: Engine, budgetMs: number) {
  const { clock, forcefulStop } = engine.ports;
  const newDeadline = () => new Deadline(clock, budgetMs, forcefulStop);
  return {
    retry: (key: BatchJobKey, request: Request) => retry(engine, key, request, newDeadline()),
    setToWaiting: (key: BatchJobKey, request: Request) => setToWaiting(engine, key, request, newDeadline()),
    control: (key: BatchJobKey, action: Control, request: Request) =>
      control(engine, key, action, request, newDeadline()),
  };
}

/**
 * Retries a job now, under its policy: only if its failure stands, within its budget, and not while it is paused.
 */
async function retry(
  engine: Engine,
  key: BatchJobKey,
  request: Request,
  deadline: Deadline,
): Promise<Retried> {
  const { ports, policyFor } = engine;
  const found = await describe(engine, key, deadline);
  if (found.kind !== 'described') return found;
  const { description, legalEntity } = found;
  const failure = { ...aFailure(engine, key, request), description, legalEntity };
  const { job, decisions, unchanged } = await runJob(
    engine,
    key,
    eventOf('retry', request, failure),
    deadline,
  );
  const made = decisions.findLast(isAbout(failure));
  if (made) return { kind: 'decided', answer: answerOf(key.environment, made) };
  const policy = policyFor(key.environment, failure);
  const reason = unchanged?.reason ?? 'Another failure of this job stands for it.';
  const outcome = policy ? 'duplicate' : 'ignored';
  const repeated = failureDecision(job ?? newJob(key.environment, failure), failure, outcome, reason, {
    policy,
  });
  recordDecisions(ports, key.environment, [repeated]);
  return { kind: 'decided', answer: answerOf(key.environment, repeated) };
}

/** Sets a job to waiting in F&O whatever policy and budget say. The service follows its run like any other. */
async function setToWaiting(
  engine: Engine,
  key: BatchJobKey,
  request: Request,
  deadline: Deadline,
): Promise<SetToWaiting> {
  const failure = aFailure(engine, key, request);
  const ran = await runJob(engine, key, eventOf('set-to-waiting', request, failure), deadline);
  if (ran.unchanged) return whyNot(engine, key, failure, ran);
  const made = ran.decisions.findLast(isAbout(failure));
  return resultOf(ran, made?.reason ?? 'Its history shows more.');
}

/** Resolves to the job after the action, or to null for one without a record. Only a pause makes a record. */
async function control(
  engine: Engine,
  key: BatchJobKey,
  action: Control,
  request: Request,
  deadline: Deadline,
): Promise<BatchJobView | null> {
  const event = eventOf(action, request, aFailure(engine, key, request));
  const { job } = await runJob(engine, key, event, deadline);
  return job && viewJob(engine, job);
}

/** Why nothing was written: F&O could not be read, the same was requested before, or a request is unsettled. */
async function whyNot(
  { ports }: Engine,
  key: BatchJobKey,
  failure: Failure,
  { read, unchanged }: Ran,
): Promise<SetToWaiting> {
  if (unchanged?.dueAt) return { kind: 'unsettled', until: unchanged.dueAt };
  const entries = await ports.ledger.history(key, null, 100);
  const before = entries.find(({ eventId, kind }) => eventId === failure.eventId && kind === 'failure');
  if (before) return { kind: 'unknown', reason: `This was requested before. ${before.reason}` };
  if (read?.kind === 'not-found') return { kind: 'no-such-job' };
  if (read && read.kind !== 'found') return { kind: 'fno-unavailable', outcome: read };
  const reason =
    'The service could not read the job in F&O: the circuit breaker is open, or no time was left.';
  return { kind: 'not-taken', reason };
}

type Described = { kind: 'described'; description: string; legalEntity: string };

/** Finds what the policy matches: in the record, else by a read of the job in F&O. */
async function describe(
  { ports }: Engine,
  key: BatchJobKey,
  deadline: Deadline,
): Promise<Described | NotAsked> {
  const { job } = await ports.ledger.read(key, null);
  if (job && (job.description !== '' || job.legalEntity !== '')) return described(job);
  const read = await deadline.ask((signal) => ports.batchJobs(key.environment).read(key.jobId, signal));
  if (read.kind === 'not-found') return { kind: 'no-such-job' };
  if (read.kind !== 'found') return { kind: 'fno-unavailable', outcome: read };
  return described(read.observation);
}

function described({ description, legalEntity }: Omit<Described, 'kind'>): Described {
  return { kind: 'described', description, legalEntity };
}

/** Stands for the failure of a job that an operator acts on. */
function aFailure({ ports }: Engine, { jobId }: BatchJobKey, { requestId }: Request): Failure {
  const eventId = `BY-HAND-${requestId ?? ports.randomness.uuid()}`;
  return { eventId, jobId, description: '', legalEntity: '', endedAt: null, controlNumber: null };
}

function eventOf(action: OperatorAction, { by, reason }: Request, failure: Failure): OperatorEvent {
  return { kind: 'operator', action, by, reason, failure };
}

function resultOf({ outcome }: Ran, reason: string): SetToWaiting {
  switch (outcome?.kind) {
    case 'taken':
    case 'refused':
      return { kind: 'answered', action: outcome.action };
    case 'unknown':
      return { kind: 'unknown', reason };
    default:
      return { kind: 'not-taken', reason };
  }
}
