import type { Observation } from '../../domain/outcome.ts';
import type { FoundRuns, RunQuery } from '../../ports/run-search.ts';
import type { ListedBatchJob } from '../../ports/batch-jobs.ts';
import { askWithin } from '../engine/deadline.ts';
import type { Engine } from '../engine/run-job.ts';

/** How long F&O may take for one search, in ms: it may read many rows. */
export const searchMs = 30_000;

/** How often one look continues a search that was cut. */
export const maxSearches = 10;

/** What a look has found; `problem` says why it may not be everything. */
export type Gathered = {
  jobs: ListedBatchJob[];
  readAt: Observation['readAt'];
  problem: string | null;
  retryAfterMs: number | null;
};

/** Searches F&O, and continues where the search was cut: after the last end that it showed. */
export async function searchRuns(
  { ports, gate }: Pick<Engine, 'ports' | 'gate'>,
  environment: string,
  query: RunQuery,
): Promise<Gathered> {
  const gathered: Gathered = { jobs: [], readAt: null, problem: null, retryAfterMs: null };
  let asked = query;
  for (let searches = 0; searches < maxSearches; searches++) {
    const found = await gate.search(environment, () =>
      askWithin(ports.clock, searchMs, ports.forcefulStop, (signal) =>
        ports.runSearch(environment).search(asked, signal),
      ),
    );
    if (found.kind !== 'listed') {
      const retryAfterMs = 'retryAfterMs' in found ? found.retryAfterMs : null;
      return { ...gathered, problem: problemOf(found), retryAfterMs };
    }
    gathered.jobs.push(...found.jobs);
    gathered.readAt = found.readAt;
    const last = found.jobs.at(-1)?.endedAt ?? null;
    if (!found.isCut) return gathered;
    if (last === null || last <= asked.endedFrom) {
      // Jobs that run or are due have no end, or an old one, and come first: so many hide the runs that ended.
      if (!asked.running && asked.dueBefore === null) break;
      asked = { ...asked, running: false, dueBefore: null };
    } else {
      asked = { ...asked, endedFrom: last };
    }
  }
  return { ...gathered, problem: 'F&O has more runs than one look reads: the next look goes on.' };
}

/** Why F&O listed nothing, in a sentence. */
export function problemOf(found: Exclude<FoundRuns, { kind: 'listed' }> | { kind: 'breaker-open' }): string {
  if (found.kind === 'breaker-open') return 'The circuit breaker is open.';
  return `F&O did not list its runs (${found.kind}): ${found.answer.message ?? 'no reason given'}.`;
}
