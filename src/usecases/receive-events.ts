import pMap from 'p-map';
import type { EventSchemas } from '../events/event-schemas.ts';
import { type BusinessEvent, type EventIds, readBusinessEvent } from '../events/read-business-event.ts';
import type { Violation } from '../events/schema-validator.ts';
import { admit } from '../policy/admit.ts';
import type { Decision } from '../policy/decision.ts';
import type { Failure } from '../policy/failure.ts';
import type { RetryPolicy } from '../policy/retry-policy.ts';
import { type BatchJobKey, LedgerUnavailable } from '../ports/ledger.ts';
import { type Advanced, advanceJob } from './advance-job.ts';
import { armDelivered, lookAgainMs } from './arm-delivered.ts';
import { Deadline } from './deadline.ts';
import type { Ports } from './ports.ts';
import { createReceiveProgress } from './receive-progress.ts';
import { tellDecision, tellDecisions } from './tell-decisions.ts';

export type Received =
  | { kind: 'decided'; decision: Decision }
  | { kind: 'invalid'; violations: Violation[] }
  /** Nothing durable happened: it must be delivered again. */
  | { kind: 'unavailable' };

/** Jobs of one delivery that are worked on at once. */
const concurrency = 8;

/** Decides each of the delivered business events, in their order, within `budgetMs`. */
export function createReceiveEvents(
  ports: Ports,
  eventIds: EventIds,
  eventSchemas: EventSchemas,
  budgetMs: number,
) {
  const receiveProgress = createReceiveProgress(ports);
  const warned = new Set<string>();

  return function receiveEvents(environment: string, values: readonly unknown[]): Promise<Received[]> {
    const deadline = new Deadline(ports.clock, budgetMs, ports.hurry);
    return pMap(values, (value) => receiveEvent(environment, value, deadline), { concurrency });
  };

  async function receiveEvent(environment: string, value: unknown, deadline: Deadline): Promise<Received> {
    const event = readBusinessEvent(value, eventIds, eventSchemas);
    if ('unknownVersion' in event) warnOnce(event.unknownVersion);
    if (event.kind === 'invalid') return event;
    if (!deadline.allowsAsking()) return { kind: 'unavailable' };
    if ('unknownBusinessEventId' in event && event.unknownBusinessEventId !== null) {
      warnOnce(
        `An event named ${JSON.stringify(event.unknownBusinessEventId)} is told by its JobStatus. ` +
          'If this is what the catalog calls it, set FAILED_EVENT_ID, FINISHED_EVENT_ID, STARTED_EVENT_ID or ' +
          'CANCELLED_EVENT_ID to that name.',
      );
    }
    try {
      return { kind: 'decided', decision: await decide(environment, event, deadline) };
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error;
      ports.telemetry.error('The store cannot be reached; F&O is asked to deliver again.', error);
      return { kind: 'unavailable' };
    }
  }

  async function decide(
    environment: string,
    event: Exclude<BusinessEvent, { kind: 'invalid' }>,
    deadline: Deadline,
  ): Promise<Decision> {
    if (event.kind === 'not-wanted') return ignore(environment, event);
    const told = event.kind === 'failed' ? event.failure : event.event;
    const policy = ports.policyFor(environment, told);
    if (!policy) {
      const reason = 'No policy entry lists this job.';
      return tellDecision(ports, environment, told, {
        decision: 'ignored',
        retry: null,
        dueAt: null,
        reason,
      });
    }
    return event.kind === 'failed'
      ? receiveFailure(environment, traced(event.failure), policy, deadline)
      : receiveProgress(environment, event.progress, event.event);
  }

  function traced(failure: Failure): Failure {
    const trace = ports.observer.trace();
    return trace === null ? failure : { ...failure, trace };
  }

  async function receiveFailure(
    environment: string,
    failure: Failure,
    policy: RetryPolicy,
    deadline: Deadline,
  ): Promise<Decision> {
    const advanced = await advanceWith(environment, failure, policy, deadline);
    if (advanced.kind === 'duplicate') {
      const { dueAt, reason } = advanced;
      return tellDecision(ports, environment, failure, { decision: 'duplicate', retry: null, dueAt, reason });
    }
    const decisions = tellDecisions(ports, environment, advanced.decided);
    const decision = decisions.findLast(({ eventId }) => eventId === failure.eventId);
    if (decision) return decision;
    // Only a clock that is set back meanwhile leads here: what was due then is not due any more.
    const dueAt = ports.clock.now();
    const reason = 'This event was received before; its job is looked at again soon.';
    return tellDecision(ports, environment, failure, { decision: 'duplicate', retry: null, dueAt, reason });
  }

  /** The work queue will look at the job later before anything is written of it: whatever happens to this process. */
  async function advanceWith(
    environment: string,
    failure: Failure,
    policy: RetryPolicy,
    deadline: Deadline,
  ): Promise<Advanced> {
    const key: BatchJobKey = { environment, jobId: failure.jobId };
    const sends = policy.mode === 'retry';
    const wakeAt = new Date(ports.clock.now().getTime() + lookAgainMs);
    const [page] = await Promise.all([
      ports.ledger.read(key, failure.eventId),
      sends ? ports.queue.put({ ...key, dueAt: wakeAt }) : null,
    ]);
    return advanceJob(ports, page, {
      key,
      eventId: failure.eventId,
      admit: ({ job, seen }, now) => admit(job, seen, environment, failure, policy, now),
      arm: (job) => (sends ? armDelivered(ports, key, job, wakeAt) : Promise.resolve(job)),
      deadline,
    });
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
