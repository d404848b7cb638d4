import { isWithin } from '../job/runs.ts';
import { type Run, runKey } from './run.ts';

/** A run to settle. `isKept`: the store has it as it is here. */
export type OpenRun = { run: Run; isKept: boolean };

/**
 * The runs that are to be settled: of those in the store, of those that F&O shows as the latest of their jobs, and of
 * those in F&O's batch history. What the history tells is added to the run that it is about, also to one of which
 * nothing could be told before.
 */
export function openRuns(
  known: readonly Run[],
  shown: readonly Run[],
  history: readonly Run[],
): readonly OpenRun[] {
  const all = new Map<string, OpenRun>(known.map((run) => [runKey(run), { run, isKept: true }]));
  for (const run of shown) if (!all.has(runKey(run))) all.set(runKey(run), { run, isKept: false });

  const ofJobs = byJob([...all.values()].map(({ run }) => run));
  for (const told of history) {
    const run = ofJobs.get(told.jobId)?.find((one) => isOneRun(one, told));
    if (!run) all.set(runKey(told), { run: told, isKept: false });
    else if (run.learned === null) all.set(runKey(run), { run: withEnd(run, told), isKept: false });
  }
  return [...all.values()].filter(({ run }) => !run.isSettled);
}

function byJob(runs: readonly Run[]): Map<string, Run[]> {
  const ofJobs = new Map<string, Run[]>();
  for (const run of runs) ofJobs.set(run.jobId, [...(ofJobs.get(run.jobId) ?? []), run]);
  return ofJobs;
}

function isOneRun(one: Run, other: Run): boolean {
  return isWithin(one, other.endedAt) || isWithin(other, one.endedAt);
}

function withEnd(run: Run, { end, learned, startedAt }: Run): Run {
  return { ...run, end, learned, startedAt: run.startedAt ?? startedAt, isSettled: false };
}
