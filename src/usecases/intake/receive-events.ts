import pMap from 'p-map';
import type { Envelope } from '../../domain/failure.ts';
import type { EventAnswer } from '../../domain/job/event-answer.ts';
import type { RetryPolicy } from '../../domain/retry-policy/retry-policy.ts';
import type { EventKind } from '../../events/event-kind.ts';
import type { EventSchemas } from '../../events/event-schemas.ts';
import { readErrorText } from '../../events/read-error-text.ts';
import { type BusinessEvent, type EventIds, readBusinessEvent } from '../../events/read-business-event.ts';
import type { Violation } from '../../events/schema-validator.ts';
import { StoreUnavailable } from '../../ports/ledger.ts';
import { Deadline } from '../engine/deadline.ts';
import type { Engine } from '../engine/run-job.ts';
import { decideFailure } from './decide-failure.ts';
import { decideOther, type ValidEvent, withEnd } from './decide-other.ts';
import { enqueueOverflow, type Overflow } from './enqueue-overflow.ts';

/** An event without its envelopes, for one environment. */
export type DeliveredEvent = {
  environment: string;
  value: unknown;
  via: Envelope;
  /** The kind of event that the address names. */
  eventKind?: EventKind | null;
};

export type Received =
  | { kind: 'decided'; answer: EventAnswer }
  | { kind: 'invalid'; violations: Violation[] }
  /** Nothing durable happened: the sender must deliver it again. */
  | { kind: 'unavailable' };

/** How many failures of one delivery are decided now; the others are enqueued. */
export const maxAtOnce = 32;

/** How many events of one delivery are decided at the same time. */
const concurrency = 8;

/** What the service knows of the form of events. */
export type Reading = {
  eventIds: EventIds;
  eventSchemas: EventSchemas;
  /** The field that says why the run failed; null: events have none. */
  errorTextField: string | null;
};

/** `text` is what the event says of its cause. */
type EnvironmentEvent = { environment: string; event: BusinessEvent; text: string | null };

type Task =
  | ({ kind: 'failure' } & ListedFailure)
  | { kind: 'other'; environment: string; event: ValidEvent }
  | { kind: 'invalid'; violations: Violation[] };

type ListedFailure = Overflow & { policy: RetryPolicy; position: number };

/** Decides each delivered business event, or enqueues it for a later decision, within `budgetMs`. */
export function createReceiveEvents(
  engine: Engine,
  { eventIds, eventSchemas, errorTextField }: Reading,
  budgetMs: number,
) {
  const { clock, forcefulStop, telemetry } = engine.ports;
  const warned = new Set<string>();

  return async function receiveEvents(delivered: readonly DeliveredEvent[]): Promise<Received[]> {
    const deadline = new Deadline(clock, budgetMs, forcefulStop);
    const events = delivered.map(({ environment, value, via, eventKind }) => ({
      environment,
      event: cameBy(via, readBusinessEvent(value, eventIds, eventSchemas, eventKind)),
      text: readErrorText(value, errorTextField),
    }));
    for (const { event } of events) warningsOf(event).forEach((message) => warnOnce(message));
    const tasks = tasksOf(engine, events);
    const [only] = tasks;
    if (only && tasks.length === 1) return [await receive(engine, only, deadline)];
    const overflow = tasks.filter((task) => task.kind === 'failure' && task.position >= maxAtOnce);
    // The overflow must be durable before F&O gets the rest of the time.
    const queued: ReadonlyMap<Task, EventAnswer> = await enqueueOverflow(
      engine,
      overflow.filter((task) => task.kind === 'failure'),
      maxAtOnce,
      deadline,
    );
    const received = new Map<Task, Received>();
    await pMap(
      byJob(tasks),
      async (ofOneJob) => {
        for (const task of ofOneJob) {
          const answer = queued.get(task);
          received.set(task, answer ? { kind: 'decided', answer } : await receive(engine, task, deadline));
        }
      },
      { concurrency },
    );
    return tasks.flatMap((task) => received.get(task) ?? []);
  };

  function warnOnce(message: string): void {
    if (warned.has(message) || warned.size >= 100) return;
    warned.add(message);
    telemetry.record({ kind: 'warning', message });
  }
}

/** Gives the failures of listed jobs their positions, in order. */
function tasksOf({ policyFor, ports }: Engine, events: readonly EnvironmentEvent[]): Task[] {
  let position = 0;
  return events.map(({ environment, event, text }): Task => {
    if (event.kind === 'invalid') return event;
    const policy = event.kind === 'failed' ? policyFor(environment, event.failure) : null;
    if (event.kind !== 'failed' || !policy) return { kind: 'other', environment, event };
    const failure = withEnd(event.failure, event.occurredAt);
    const trace = ports.telemetry.trace();
    const traced = trace === null ? failure : { ...failure, trace };
    return { kind: 'failure', environment, failure: traced, text, policy, position: position++ };
  });
}

/** What a person should know about the form of an event. */
function warningsOf(event: BusinessEvent): string[] {
  const warnings = 'unreadable' in event ? [...event.unreadable] : [];
  if ('unknownVersion' in event) warnings.push(event.unknownVersion);
  const unknownId = 'unknownBusinessEventId' in event ? event.unknownBusinessEventId : null;
  if (unknownId !== null) warnings.push(warningOfUnknownId(unknownId));
  return warnings;
}

function warningOfUnknownId(id: string): string {
  if (id === '') return 'An event without a readable BusinessEventId is identified by its JobStatus.';
  return (
    `An event named ${JSON.stringify(id)} is identified by its JobStatus. ` +
    'If this is what the catalog calls it, set FAILED_EVENT_ID, FINISHED_EVENT_ID, STARTED_EVENT_ID or ' +
    'CANCELLED_EVENT_ID to that name.'
  );
}

async function receive(engine: Engine, task: Task, deadline: Deadline): Promise<Received> {
  if (task.kind === 'invalid') return task;
  try {
    const answer = await (task.kind === 'failure'
      ? decide(engine, task, deadline)
      : decideOther(engine, task.environment, task.event, deadline));
    return answer ? { kind: 'decided', answer } : { kind: 'unavailable' };
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    const message = 'The store cannot be reached; F&O is asked to deliver again.';
    engine.ports.telemetry.record({ kind: 'error', message, error });
    return { kind: 'unavailable' };
  }
}

/** Null if no time is left, not even to enqueue it. */
async function decide(engine: Engine, task: ListedFailure, deadline: Deadline): Promise<EventAnswer | null> {
  const { environment, failure, text, position } = task;
  if (position < maxAtOnce && deadline.canCallFno()) {
    return decideFailure(engine, environment, failure, deadline, text);
  }
  return (await enqueueOverflow(engine, [task], position, deadline)).get(task) ?? null;
}

/** Groups the events by job: those of one job write the same record, so they are decided one after another. */
function byJob(tasks: readonly Task[]): Task[][] {
  const groups = new Map<unknown, Task[]>();
  for (const task of tasks) {
    const key = jobOf(task) ?? task;
    const group = groups.get(key);
    if (group) group.push(task);
    else groups.set(key, [task]);
  }
  return [...groups.values()];
}

function jobOf(task: Task): string | null {
  if (task.kind === 'failure') return `${task.environment} ${task.failure.jobId}`;
  if (task.kind === 'other' && task.event.kind === 'progress')
    return `${task.environment} ${task.event.event.jobId}`;
  return null;
}

function cameBy(via: Envelope, event: BusinessEvent): BusinessEvent {
  if (event.kind === 'failed') return { ...event, failure: { ...event.failure, via } };
  return event.kind === 'progress' ? { ...event, event: { ...event.event, via } } : event;
}
