import { isSameRun, isWithin } from '../job/runs.ts';
import type { Run } from './run.ts';

/** A run to settle. `isKept`: the store has it as it is here. */
export type OpenRun = { run: Run; isKept: boolean };

/**
 * Each run once: those in the store, those that F&O shows as the latest of their jobs, and those in F&O's batch history.
 * What F&O tells is added to the run that it is about, also to one of which nothing could be told before.
 */
export function mergeRuns(
  known: readonly Run[],
  shown: readonly Run[],
  history: readonly Run[],
): readonly OpenRun[] {
  const all = new ByJob();
  for (const run of known) all.add({ run, isKept: true });
  for (const told of [...shown, ...agreed(history)]) {
    const found = all.find(told);
    if (!found) all.add({ run: told, isKept: false });
    else if (found.run.learned === null && told.learned !== null) {
      all.replace(found, { run: withEnd(found.run, told), isKept: false });
    }
  }
  return all.list();
}

/** The runs that are to be settled. */
export function openRuns(runs: readonly OpenRun[]): readonly OpenRun[] {
  return runs.filter(({ run }) => !run.isSettled);
}

/** When the latest run of each job ended. */
export function latestEnds(runs: readonly OpenRun[]): Map<string, Date> {
  const ends = new Map<string, Date>();
  for (const { run } of runs) {
    const latest = ends.get(run.jobId);
    if (!latest || latest < run.endedAt) ends.set(run.jobId, run.endedAt);
  }
  return ends;
}

/** Each run of the history once. Where its rows contradict each other, they tell nothing. */
function agreed(history: readonly Run[]): Run[] {
  const all = new ByJob();
  for (const run of history) {
    const found = all.find(run);
    if (!found) all.add({ run, isKept: false });
    else if (found.run.end !== run.end) {
      all.replace(found, { run: { ...found.run, end: 'ended', learned: null }, isKept: false });
    }
  }
  return all.list().map(({ run }) => run);
}

/** Runs, to be found by their job. */
class ByJob {
  readonly #ofJobs = new Map<string, OpenRun[]>();

  add(one: OpenRun): void {
    const ofJob = this.#ofJobs.get(one.run.jobId);
    if (ofJob) ofJob.push(one);
    else this.#ofJobs.set(one.run.jobId, [one]);
  }

  find(run: Run): OpenRun | undefined {
    return this.#ofJobs.get(run.jobId)?.find((one) => isOneRun(one.run, run));
  }

  replace(one: OpenRun, other: OpenRun): void {
    const ofJob = this.#ofJobs.get(one.run.jobId) ?? [];
    ofJob.splice(ofJob.indexOf(one), 1, other);
  }

  list(): OpenRun[] {
    return [...this.#ofJobs.values()].flat();
  }
}

/** F&O may write the end of a run anew. A job has one run at a time, so its start tells it from others. */
function isOneRun(one: Run, other: Run): boolean {
  if (one.startedAt !== null && other.startedAt !== null) {
    return isSameRun(one.startedAt, other.startedAt) || isSameRun(one.endedAt, other.endedAt);
  }
  return isWithin(one, other.endedAt) || isWithin(other, one.endedAt);
}

function withEnd(run: Run, { end, learned, startedAt }: Run): Run {
  return { ...run, end, learned, startedAt: run.startedAt ?? startedAt, isSettled: false };
}
