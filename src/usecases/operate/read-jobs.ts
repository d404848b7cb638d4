import type { JobId } from '../../domain/job-id.ts';
import { type BatchJob, nextDueAt } from '../../domain/job/batch-job.ts';
import type { Outcome } from '../../domain/job/outcomes.ts';
import type { BatchJobKey, HistoryEntry, ListedJob } from '../../ports/ledger.ts';
import type { Engine } from '../engine/run-job.ts';

/** A batch job as the service knows it, for people. */
export type BatchJobView = {
  environment: string;
  jobId: JobId;
  description: string;
  /** `requesting` while a request is under way or unsettled, `idle` before any outcome, else the latest outcome. */
  state: Outcome | 'requesting' | 'idle';
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

export function createReadJobs(engine: Engine): ReadJobs {
  return {
    async list(after, limit, environment) {
      const jobs = await engine.ports.ledger.list(after, limit, environment);
      return jobs.map((job) => viewJob(engine, readable(job)));
    },
    async get(key) {
      const { job } = await engine.ports.ledger.read(key, null);
      return job && viewJob(engine, job);
    },
    history: (key, before, limit) => engine.ports.ledger.history(key, before, limit),
  };
}

/** Throws for a record that another version wrote: a list without it would look complete. */
export function readable(job: ListedJob): BatchJob {
  if ('unreadable' in job) throw job.unreadable;
  return job;
}

export function viewJob({ policyFor }: Pick<Engine, 'policyFor'>, job: BatchJob): BatchJobView {
  const { environment, jobId, description, legalEntity, seen, paused } = job;
  const policy = policyFor(environment, { jobId, description, legalEntity });
  return {
    environment,
    jobId,
    description,
    state: stateOf(job),
    retriesUsed: job.episode.retriesUsed,
    maxRetries: policy?.maxRetries ?? null,
    policy: policy?.name ?? null,
    lastFailureAt: seen.failureAt,
    lastRequeueAt: seen.requeueAt,
    dueAt: nextDueAt(job),
    paused: paused !== null,
    pausedReason: paused?.reason ?? null,
  };
}

function stateOf({ phase, lastOutcome, paused }: BatchJob): BatchJobView['state'] {
  if (phase.kind === 'requesting') return 'requesting';
  return lastOutcome ?? (paused ? 'paused' : 'idle');
}
