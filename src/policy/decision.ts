import type { DecisionKind } from './batch-job.ts';
import type { JobId } from './job-id.ts';

/** What became of a delivered event, as it is answered and told. */
export type Decision = {
  decision: DecisionKind;
  environment: string;
  jobId: JobId | null;
  eventId: string | null;
  retry: number | null;
  maxRetries: number | null;
  policy: string | null;
  /** When the failure is looked at again; null once the decision is final. */
  dueAt: Date | null;
  reason: string;
};
