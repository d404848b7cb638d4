import pMap from 'p-map';
import { type EventIds, readBusinessEvent } from '../events/read-business-event.ts';
import type { Violation } from '../events/schema-validator.ts';
import { admit } from '../policy/admit.ts';
import type { Decision } from '../policy/decision.ts';
import type { Failure } from '../policy/failure.ts';
import { LedgerUnavailable } from '../ports/ledger.ts';
import { advanceJob } from './advance-job.ts';
import { Deadline } from './deadline.ts';
import type { Ports } from './ports.ts';
import { tellDecision, tellDecisions } from './tell-decisions.ts';

export type Received =
  | { kind: 'decided'; decision: Decision }
  | { kind: 'invalid'; violations: Violation[] }
  /** Nothing durable happened: it must be delivered again. */
  | { kind: 'unavailable' };

/** Jobs of one delivery that are worked on at once. */
const concurrency = 8;

/** Decides each of the delivered business events, in their order, within `budgetMs`. */
export function createReceiveEvents(ports: Ports, eventIds: EventIds, budgetMs: number) {
  const warned = new Set<string>();

  return function receiveEvents(environment: string, values: readonly unknown[]): Promise<Received[]> {
    const deadline = new Deadline(ports.clock, budgetMs);
    return pMap(values, (value) => receiveEvent(environment, value, deadline), { concurrency });
  };

  async function receiveEvent(environment: string, value: unknown, deadline: Deadline): Promise<Received> {
    const event = readBusinessEvent(value, eventIds);
    if (event.kind === 'invalid') return event;
    if (event.kind === 'not-wanted') return { kind: 'decided', decision: ignore(environment, event) };
    if (event.unknownBusinessEventId !== null) warnOnce(event.unknownBusinessEventId);
    try {
      return { kind: 'decided', decision: await receiveFailure(environment, event.failure, deadline) };
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error;
      ports.telemetry.error('The store cannot be reached; F&O is asked to deliver again.', error);
      return { kind: 'unavailable' };
    }
  }

  async function receiveFailure(
    environment: string,
    failure: Failure,
    deadline: Deadline,
  ): Promise<Decision> {
    const policy = ports.policyFor(environment, failure);
    if (!policy) {
      const reason = 'No policy entry lists this job.';
      return tellDecision(ports, environment, failure, {
        decision: 'ignored',
        retry: null,
        dueAt: null,
        reason,
      });
    }
    const advanced = await advanceJob(
      ports,
      { environment, jobId: failure.jobId },
      failure.eventId,
      ({ job, seen }, now) => admit(job, seen, environment, failure, policy.resetAfterMs, now),
      deadline,
    );
    if (advanced.kind === 'duplicate') {
      const { dueAt, reason } = advanced;
      return tellDecision(ports, environment, failure, { decision: 'duplicate', retry: null, dueAt, reason });
    }
    const decisions = tellDecisions(ports, environment, advanced.decided);
    const decision = decisions.findLast(({ eventId }) => eventId === failure.eventId);
    if (!decision) throw new Error(`No decision was made on event ${failure.eventId}.`);
    return decision;
  }

  function ignore(environment: string, event: { eventId: string | null; reason: string }): Decision {
    const { eventId, reason } = event;
    const nothing = { jobId: null, retry: null, maxRetries: null, policy: null, dueAt: null };
    const decision: Decision = { decision: 'ignored', environment, eventId, reason, ...nothing };
    ports.telemetry.decided(decision, '');
    return decision;
  }

  function warnOnce(businessEventId: string): void {
    if (warned.has(businessEventId) || warned.size >= 100) return;
    warned.add(businessEventId);
    ports.telemetry.warning(
      `An event named ${JSON.stringify(businessEventId)} is taken for a failed batch job by its JobStatus. ` +
        'If this is what the catalog calls it, set FAILED_EVENT_ID to that name.',
    );
  }
}
