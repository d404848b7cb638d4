import { inWords } from '../in-words.ts';
import { latest } from '../instants.ts';
import { isWaiting } from '../job/runs.ts';
import type { RunFinding } from '../job/outcomes.ts';
import type { Expectation } from '../retry-policy/retry-policy.ts';
import type { Run } from './run.ts';
import type { Shown } from './settle-run.ts';

/** What is unusual of a run, and the time of F&O's that tells this run from others. */
export type Unusual = { finding: RunFinding; at: Date; what: string };

/** A run that is under way for too long, or a job that has not started in time. `fnoNow` is F&O's clock. */
export function unusualJob(shown: Shown, expect: Expectation, fnoNow: Date): Unusual | null {
  const { status, startedAt, endedAt, scheduledAt } = shown;
  const { maxDurationMs, startWithinMs } = expect;
  if (status === 'Executing' && startedAt && maxDurationMs !== null) {
    const forMs = fnoNow.getTime() - startedAt.getTime();
    if (forMs <= maxDurationMs) return null;
    const what = `The run that began at ${startedAt.toISOString()} is under way for ${inWords(forMs)}; the policy expects ${inWords(maxDurationMs)} at most`;
    return { finding: 'long-running', at: startedAt, what };
  }
  if (isWaiting(status) && scheduledAt && startWithinMs !== null) {
    // A job that was set to waiting once more keeps its old planned start: it waits since its last run.
    const since = latest(scheduledAt, latest(startedAt, endedAt)) ?? scheduledAt;
    const forMs = fnoNow.getTime() - since.getTime();
    if (forMs <= startWithinMs) return null;
    const what = `The job was to start at ${scheduledAt.toISOString()} and still waits, ${inWords(forMs)} later; the policy expects a start within ${inWords(startWithinMs)}`;
    return { finding: 'late', at: since, what };
  }
  return null;
}

/** A run that ended well, or of which nothing else is known, and was too fast to have done its work. */
export function unusualRun(run: Run, { minDurationMs }: Expectation): Unusual | null {
  const { startedAt, endedAt, end } = run;
  if (minDurationMs === null || startedAt === null || (end !== 'finished' && end !== 'ended')) return null;
  const tookMs = endedAt.getTime() - startedAt.getTime();
  if (tookMs >= minDurationMs) return null;
  const how = end === 'ended' ? 'ended (F&O does not show how)' : 'ended well';
  const what = `The run ${how} after ${inWords(tookMs)}; the policy expects ${inWords(minDurationMs)} at least`;
  return { finding: 'too-short', at: endedAt, what };
}

/** How long the runs usually take, in ms: the median of those that did not fail; null if there are none. */
export function usualDuration(runs: readonly Run[]): { ms: number; count: number } | null {
  const all = runs
    .filter(({ end }) => end === 'finished' || end === 'ended')
    .flatMap(({ startedAt, endedAt }) => (startedAt ? [endedAt.getTime() - startedAt.getTime()] : []))
    .toSorted((one, other) => one - other);
  const [lower, upper] = [all[(all.length - 1) >> 1], all[all.length >> 1]];
  return lower === undefined || upper === undefined ? null : { ms: (lower + upper) / 2, count: all.length };
}
