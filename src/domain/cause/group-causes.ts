import type { JobId } from '../job-id.ts';
import type { Cause } from './cause.ts';

/** Failures that have the same cause. */
export type CauseGroup = {
  fingerprint: string;
  /** Of the latest failure. */
  text: string;
  source: Cause['source'];
  failures: number;
  jobCount: number;
  /** Those that failed last, the latest first; not all if there are very many. */
  jobs: FailedJob[];
  firstFailedAt: Date;
  lastFailedAt: Date;
};

type FailedJob = { environment: string; jobId: JobId; description: string; failedAt: Date };

const maxJobs = 50;

/** Groups causes by their fingerprints, page after page, in any order. It keeps one text of each group. */
export class CauseGroups {
  readonly #groups = new Map<
    string,
    Omit<CauseGroup, 'jobs' | 'jobCount'> & { jobs: Map<string, FailedJob> }
  >();

  add(causes: readonly Cause[]): void {
    for (const cause of causes) this.#add(cause);
  }

  /** The cause of the most jobs comes first, then the latest. */
  list(): CauseGroup[] {
    return [...this.#groups.values()]
      .map(({ jobs, ...group }) => ({ ...group, jobCount: jobs.size, jobs: latestOf([...jobs.values()]) }))
      .toSorted((a, b) => b.jobCount - a.jobCount || b.lastFailedAt.getTime() - a.lastFailedAt.getTime());
  }

  #add({ environment, jobId, description, failedAt, fingerprint, text, source }: Cause): void {
    const key = `${environment} ${jobId}`;
    const job = { environment, jobId, description, failedAt };
    const known = this.#groups.get(fingerprint);
    if (!known) {
      const times = { firstFailedAt: failedAt, lastFailedAt: failedAt };
      this.#groups.set(fingerprint, {
        fingerprint,
        text,
        source,
        failures: 1,
        jobs: new Map([[key, job]]),
        ...times,
      });
      return;
    }
    known.failures += 1;
    if (failedAt > known.lastFailedAt) Object.assign(known, { text, source, lastFailedAt: failedAt });
    if (failedAt < known.firstFailedAt) known.firstFailedAt = failedAt;
    const before = known.jobs.get(key);
    if (!before || failedAt > before.failedAt) known.jobs.set(key, job);
  }
}

function latestOf(jobs: readonly FailedJob[]): FailedJob[] {
  return jobs.toSorted((a, b) => b.failedAt.getTime() - a.failedAt.getTime()).slice(0, maxJobs);
}
