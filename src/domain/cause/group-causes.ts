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
  jobs: { environment: string; jobId: JobId; description: string; failedAt: Date }[];
  firstFailedAt: Date;
  lastFailedAt: Date;
};

const maxJobs = 50;

/** Groups causes by their fingerprints. The cause of the most jobs comes first, then the latest. */
export function groupCauses(causes: readonly Cause[]): CauseGroup[] {
  const byFingerprint = Map.groupBy(causes, ({ fingerprint }) => fingerprint);
  return [...byFingerprint.values()]
    .map((group) => describe(group.toSorted((a, b) => b.failedAt.getTime() - a.failedAt.getTime())))
    .toSorted((a, b) => b.jobCount - a.jobCount || b.lastFailedAt.getTime() - a.lastFailedAt.getTime());
}

/** `group` begins with the latest and is not empty. */
function describe(group: readonly Cause[]): CauseGroup {
  const [latest, first] = [group[0], group.at(-1)];
  if (!latest || !first) throw new Error('A group of causes has none.');
  const jobs = new Map<string, CauseGroup['jobs'][number]>();
  for (const { environment, jobId, description, failedAt } of group) {
    const key = `${environment} ${jobId}`;
    if (!jobs.has(key)) jobs.set(key, { environment, jobId, description, failedAt });
  }
  return {
    fingerprint: latest.fingerprint,
    text: latest.text,
    source: latest.source,
    failures: group.length,
    jobCount: jobs.size,
    jobs: [...jobs.values()].slice(0, maxJobs),
    firstFailedAt: first.failedAt,
    lastFailedAt: latest.failedAt,
  };
}
