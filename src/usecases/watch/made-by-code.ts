import type { JobId } from '../../domain/job-id.ts';
import type { Run } from '../../domain/watch/run.ts';
import type { Engine } from '../engine/run-job.ts';
import { maxSearches, searchRuns } from './search-runs.ts';

/** As many ids as fit into F&O's address. */
const maxIds = 30;

/** `problem` says why some runs were left out, of which the next look has to find out. */
type Left = { runs: Run[]; problem: string | null };

/**
 * The runs of the batch history without those of jobs that code made, which no search shows: F&O is asked about the jobs
 * that are not among the others.
 */
export async function withoutMadeByCode(
  engine: Engine,
  environment: string,
  runs: readonly Run[],
  others: readonly { jobId: JobId }[],
): Promise<Left> {
  const known = new Set(others.map(({ jobId }) => jobId));
  const unknown = [...new Set(runs.map(({ jobId }) => jobId))].filter((jobId) => !known.has(jobId));
  const left = new Set<JobId>();
  for (let n = 0; n < maxSearches && n * maxIds < unknown.length; n++) {
    const jobIds = unknown.slice(n * maxIds, (n + 1) * maxIds);
    const only = { jobIds, descriptions: [] };
    const query = { endedFrom: new Date(0), running: false, dueBefore: null, only, madeByCode: true };
    const { jobs, problem } = await searchRuns(engine, environment, query);
    if (problem !== null) {
      for (const jobId of unknown) left.add(jobId);
      return { runs: runs.filter(({ jobId }) => !left.has(jobId)), problem };
    }
    for (const { jobId } of jobs) left.add(jobId);
  }
  return { runs: runs.filter(({ jobId }) => !left.has(jobId)), problem: null };
}
