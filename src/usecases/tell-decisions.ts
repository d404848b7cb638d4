import type { Decided } from '../policy/batch-job.ts';
import type { Decision } from '../policy/decision.ts';
import type { Failure } from '../policy/failure.ts';
import type { Ports } from './ports.ts';

/** Tells each decision to those who watch, and gives them back as they are answered. */
export function tellDecisions(ports: Ports, environment: string, decided: readonly Decided[]): Decision[] {
  return decided.map(({ failure, decision, retry, dueAt, reason }) =>
    tellDecision(ports, environment, failure, { decision, retry, dueAt, reason }),
  );
}

export function tellDecision(
  ports: Ports,
  environment: string,
  failure: Failure,
  decided: Pick<Decision, 'decision' | 'retry' | 'dueAt' | 'reason'>,
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
  ports.telemetry.decided(decision, failure.description);
  return decision;
}
