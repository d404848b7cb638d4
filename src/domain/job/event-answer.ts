import type { JobId } from '../job-id.ts';
import type { FailureDecision } from './decision.ts';
import type { FailureOutcome } from './outcomes.ts';

/** How the webhook answers a delivered event. */
export type EventAnswer = {
  decision: FailureOutcome;
  environment: string;
  jobId: JobId | null;
  eventId: string | null;
  retry: number | null;
  maxRetries: number | null;
  policy: string | null;
  /** When the service processes the failure again; null once the decision is final. */
  dueAt: Date | null;
  reason: string;
};

export function answerOf(
  environment: string,
  { outcome, failure, retry, policy, dueAt, reason }: FailureDecision,
): EventAnswer {
  return {
    decision: outcome,
    environment,
    jobId: failure.jobId,
    eventId: failure.eventId,
    retry,
    maxRetries: policy?.maxRetries ?? null,
    policy: policy?.name ?? null,
    dueAt,
    reason,
  };
}
