import pMap from 'p-map';
import type { JobId } from '../../domain/job-id.ts';
import type { BatchJob } from '../../domain/job/batch-job.ts';
import { type Preview, preview, type Recorded } from '../../domain/job/preview.ts';
import { findPolicy, type PolicyEntry } from '../../domain/retry-policy/retry-policy.ts';
import type { Ports } from '../../ports/ports.ts';
import { allJobs } from '../engine/all-jobs.ts';
import { readable } from './read-jobs.ts';

export type PolicyPreview = {
  from: Date;
  to: Date;
  /** False if the preview stopped at its limits: the numbers then cover a part. */
  complete: boolean;
  failures: number;
  jobs: PreviewedJob[];
};

type PreviewedJob = Preview & {
  environment: string;
  jobId: JobId;
  description: string;
  policy: string | null;
};

/** How many jobs with failures in that time the preview reads, and how many entries of each. */
const maxJobs = 1000;
const maxEntries = 2000;
const pageSize = 200;

/** How many histories are read at the same time. */
const concurrency = 8;

const dayMs = 86_400_000;

/**
 * Previews what a policy would have decided on the failures of the last days. An episode that began earlier counts
 * from the start of that time. Rejects with StoreUnavailable if the store cannot be reached.
 */
export function createPreviewPolicy({ ledger, clock }: Pick<Ports, 'ledger' | 'clock'>) {
  return async function previewPolicy(entries: readonly PolicyEntry[], days: number): Promise<PolicyPreview> {
    const to = clock.now();
    const from = new Date(to.getTime() - days * dayMs);
    const found = await jobsSince(from);
    const all = await pMap(found.jobs, (job) => previewJob(job, entries, from), { concurrency });
    const jobs = all.flatMap(({ job }) => (job.failures > 0 ? [job] : []));
    const failures = jobs.reduce((sum, job) => sum + job.failures, 0);
    return { from, to, complete: found.complete && all.every(({ complete }) => complete), failures, jobs };
  };

  /** The jobs that have failed since. The preview does not read the history of any other. */
  async function jobsSince(from: Date): Promise<{ jobs: BatchJob[]; complete: boolean }> {
    const jobs: BatchJob[] = [];
    for await (const job of allJobs(ledger, readable)) {
      if (!job.seen.failureAt || job.seen.failureAt < from) continue;
      if (jobs.length >= maxJobs) return { jobs, complete: false };
      jobs.push(job);
    }
    return { jobs, complete: true };
  }

  async function previewJob(
    { environment, jobId, description, legalEntity }: BatchJob,
    entries: readonly PolicyEntry[],
    from: Date,
  ): Promise<{ job: PreviewedJob; complete: boolean }> {
    const { history, complete } = await historySince({ environment, jobId }, from);
    const policy = findPolicy(entries, environment, { jobId, description, legalEntity });
    const job = {
      environment,
      jobId,
      description,
      ...preview(history, policy),
      policy: policy?.name ?? null,
    };
    return { job, complete };
  }

  /** The oldest first. */
  async function historySince(
    key: { environment: string; jobId: JobId },
    from: Date,
  ): Promise<{ history: Recorded[]; complete: boolean }> {
    const history: Recorded[] = [];
    for (let before: string | null = null; history.length < maxEntries;) {
      const page = await ledger.history(key, before, pageSize);
      const since = page.filter(({ at }) => at >= from);
      history.push(...since);
      before = page.at(-1)?.position ?? null;
      if (since.length < pageSize) return { history: history.toReversed(), complete: true };
    }
    return { history: history.toReversed(), complete: false };
  }
}
