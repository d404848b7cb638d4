import { type Decided, isRunEnd } from '../policy/batch-job.ts';
import type { Decision } from '../policy/decision.ts';
import type { DeferralCause } from '../policy/deferral-cause.ts';
import type { Failure } from '../policy/failure.ts';
import type { Ports } from './ports.ts';

/** Tells what was decided to those who watch, and gives back the decisions on failures as they are answered. */
export function tellDecisions(ports: Ports, environment: string, all: readonly Decided[]): Decision[] {
  const decisions: Decision[] = [];
  for (const { failure, decision, retry, dueAt, reason, cause } of all) {
    const { jobId, description } = failure;
    if (isRunEnd(decision)) {
      ports.telemetry.runEnded({ end: decision, environment, jobId, reason }, description);
    } else {
      decisions.push(tellDecision(ports, environment, failure, { decision, retry, dueAt, reason }, cause));
    }
  }
  return decisions;
}

export function tellDecision(
  ports: Ports,
  environment: string,
  failure: Failure,
  decided: Pick<Decision, 'decision' | 'retry' | 'dueAt' | 'reason'>,
  cause?: DeferralCause,
): Decision {
  const policy = ports.policyFor(environment, failure);
  const decision: Decision = {
    decision: decided.decision,
    environment,
    jobId: failure.jobId,
    eventId: failure.eventId,
    retry: decided.retry,
    maxRetries: policy?.maxRetries ?? null,
    policy: policy?.name ?? null,
    dueAt: decided.dueAt,
    reason: decided.reason,
  };
  const otherCause = decision.decision === 'deferred' ? 'fate-unknown' : null;
  ports.telemetry.decided(decision, failure.description, cause ?? otherCause);
  return decision;
}
