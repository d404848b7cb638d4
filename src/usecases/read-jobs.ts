import { type BatchJob, dueAt, type JobState } from '../policy/batch-job.ts';
import type { JobId } from '../policy/job-id.ts';
import type { BatchJobKey, HistoryEntry } from '../ports/ledger.ts';
import type { Ports } from './ports.ts';

/** A batch job as the service knows it, for people. */
export type BatchJobView = {
  environment: string;
  jobId: JobId;
  description: string;
  /** `requesting` while a request is under way or unsettled, else what became of it last. */
  state: JobState | 'requesting';
  retriesUsed: number;
  maxRetries: number | null;
  policy: string | null;
  lastFailureAt: Date | null;
  lastRequeueAt: Date | null;
  dueAt: Date | null;
  paused: boolean;
  pausedReason: string | null;
};

export type ReadJobs = {
  list: (after: BatchJobKey | null, limit: number, environment: string | null) => Promise<BatchJobView[]>;
  get: (key: BatchJobKey) => Promise<BatchJobView | null>;
  history: (key: BatchJobKey, before: string | null, limit: number) => Promise<HistoryEntry[]>;
};

export function createReadJobs(ports: Ports): ReadJobs {
  return {
    async list(after, limit, environment) {
      const jobs = await ports.ledger.list(after, limit, environment);
      return jobs.map((job) => viewJob(ports, job));
    },
    async get(key) {
      const { job } = await ports.ledger.read(key, null);
      return job && viewJob(ports, job);
    },
    history: (key, before, limit) => ports.ledger.history(key, before, limit),
  };
}

export function viewJob(ports: Pick<Ports, 'policyFor'>, job: BatchJob): BatchJobView {
  const { environment, jobId, description, legalEntity, retriesUsed, lastFailureAt, lastRequeueAt } = job;
  const policy = ports.policyFor(environment, { jobId, description, legalEntity });
  return {
    environment,
    jobId,
    description,
    state: job.claim ? 'requesting' : job.state,
    retriesUsed,
    maxRetries: policy?.maxRetries ?? null,
    policy: policy?.name ?? null,
    lastFailureAt,
    lastRequeueAt,
    dueAt: dueAt(job),
    paused: job.paused !== null,
    pausedReason: job.paused?.reason ?? null,
  };
}
