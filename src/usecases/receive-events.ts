import pMap from 'p-map';
import type { EventSchemas } from '../events/event-schemas.ts';
import { type BusinessEvent, type EventIds, readBusinessEvent } from '../events/read-business-event.ts';
import type { Violation } from '../events/schema-validator.ts';
import type { Decision } from '../policy/decision.ts';
import type { Envelope, Failure } from '../policy/failure.ts';
import type { RetryPolicy } from '../policy/retry-policy.ts';
import { LedgerUnavailable } from '../ports/ledger.ts';
import { Deadline } from './deadline.ts';
import { keepForLater } from './keep-for-later.ts';
import type { Ports } from './ports.ts';
import { receiveFailure } from './receive-failure.ts';
import { createReceiveProgress } from './receive-progress.ts';
import { tellDecision } from './tell-decisions.ts';

/** An event out of its envelopes, for one environment. */
export type DeliveredEvent = { environment: string; value: unknown; via: Envelope };

export type Received =
  | { kind: 'decided'; decision: Decision }
  | { kind: 'invalid'; violations: Violation[] }
  /** Nothing durable happened: it must be delivered again. */
  | { kind: 'unavailable' };

/** Failures of one delivery that are decided at once; the work queue keeps the others until their turn. */
const maxAtOnce = 32;

/** Events of one delivery that are decided at the same time. */
const concurrency = 8;

type Task =
  | ({ kind: 'failure' } & ListedFailure)
  | { kind: 'other'; environment: string; event: Exclude<BusinessEvent, { kind: 'invalid' }> }
  | { kind: 'invalid'; violations: Violation[] };

type ListedFailure = { environment: string; failure: Failure; policy: RetryPolicy; turn: number };

/** Decides each of the delivered business events, or keeps it safe to be decided later, within `budgetMs`. */
export function createReceiveEvents(
  ports: Ports,
  eventIds: EventIds,
  eventSchemas: EventSchemas,
  budgetMs: number,
) {
  const receiveProgress = createReceiveProgress(ports);
  const warned = new Set<string>();

  return async function receiveEvents(delivered: readonly DeliveredEvent[]): Promise<Received[]> {
    const deadline = new Deadline(ports.clock, budgetMs, ports.hurry);
    const tasks = readTasks(delivered);
    const forLater = tasks.filter((task) => task.kind === 'failure').filter(({ turn }) => turn >= maxAtOnce);
    // They are safe before F&O gets the rest of the time.
    const kept: ReadonlyMap<Task, Decision> = await keepForLater(ports, forLater, maxAtOnce, deadline);
    const received = new Map<Task, Received>();
    await pMap(
      byJob(tasks),
      async (ofOneJob) => {
        for (const task of ofOneJob) {
          const decision = kept.get(task);
          received.set(task, decision ? { kind: 'decided', decision } : await receive(task, deadline));
        }
      },
      { concurrency },
    );
    return tasks.flatMap((task) => received.get(task) ?? []);
  };

  /** The failures of listed jobs get turns, in their order. */
  function readTasks(delivered: readonly DeliveredEvent[]): Task[] {
    let turns = 0;
    return delivered.map(({ environment, value, via }): Task => {
      const event = cameBy(via, readBusinessEvent(value, eventIds, eventSchemas));
      if ('unknownVersion' in event) warnOnce(event.unknownVersion);
      if (event.kind === 'invalid') return event;
      if ('unknownBusinessEventId' in event && event.unknownBusinessEventId !== null) {
        warnOnce(
          `An event named ${JSON.stringify(event.unknownBusinessEventId)} is told by its JobStatus. ` +
            'If this is what the catalog calls it, set FAILED_EVENT_ID, FINISHED_EVENT_ID, STARTED_EVENT_ID or ' +
            'CANCELLED_EVENT_ID to that name.',
        );
      }
      const policy = event.kind === 'failed' ? ports.policyFor(environment, event.failure) : null;
      if (event.kind !== 'failed' || !policy) return { kind: 'other', environment, event };
      return { kind: 'failure', environment, failure: traced(event.failure), policy, turn: turns++ };
    });
  }

  function traced(failure: Failure): Failure {
    const trace = ports.observer.trace();
    return trace === null ? failure : { ...failure, trace };
  }

  async function receive(task: Task, deadline: Deadline): Promise<Received> {
    if (task.kind === 'invalid') return task;
    try {
      const decision = await (task.kind === 'failure' ? decide(task, deadline) : decideOther(task, deadline));
      return decision ? { kind: 'decided', decision } : { kind: 'unavailable' };
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error;
      ports.telemetry.error('The store cannot be reached; F&O is asked to deliver again.', error);
      return { kind: 'unavailable' };
    }
  }

  /** Null if there is no time left, also not to keep it. */
  async function decide(task: ListedFailure, deadline: Deadline): Promise<Decision | null> {
    const { environment, failure, policy, turn } = task;
    if (turn < maxAtOnce && deadline.allowsAsking()) {
      return receiveFailure(ports, environment, failure, policy, deadline);
    }
    return (await keepForLater(ports, [task], turn, deadline)).get(task) ?? null;
  }

  /** Null if there is no time left. */
  async function decideOther(
    { environment, event }: Extract<Task, { kind: 'other' }>,
    deadline: Deadline,
  ): Promise<Decision | null> {
    if (event.kind === 'not-wanted') return ignore(environment, event);
    const told = event.kind === 'failed' ? event.failure : event.event;
    if (event.kind === 'failed' || !ports.policyFor(environment, told)) {
      const reason = 'No policy entry lists this job.';
      const nothing = { decision: 'ignored', retry: null, dueAt: null } as const;
      return tellDecision(ports, environment, told, { ...nothing, reason });
    }
    return deadline.allowsAsking() ? receiveProgress(environment, event.progress, told) : null;
  }

  function ignore(environment: string, event: { eventId: string | null; reason: string }): Decision {
    const { eventId, reason } = event;
    const nothing = { jobId: null, retry: null, maxRetries: null, policy: null, dueAt: null };
    const decision: Decision = { decision: 'ignored', environment, eventId, reason, ...nothing };
    ports.telemetry.decided(decision, '', null);
    return decision;
  }

  function warnOnce(message: string): void {
    if (warned.has(message) || warned.size >= 100) return;
    warned.add(message);
    ports.telemetry.warning(message);
  }
}

/** What is of one job is worked on in its order, one after another: it writes the same record. */
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
