import type { Run } from '../../domain/watch/run.ts';
import { isBySchedule } from '../../domain/watch/settle-run.ts';
import type { Runs } from '../../ports/runs.ts';

/** The run itself, and the one before it. */
const latest = 2;

/** The settled run with its schedule as what started it, if it started when the job was to. */
export async function withSchedule(runs: Runs, run: Run): Promise<Run> {
  const { isSettled, startedBy, startedAt } = run;
  if (!isSettled || startedBy !== null || startedAt === null) return run;
  const known = await runs.ofJob(run, null, latest);
  const before = known.find(({ endedAt }) => endedAt <= startedAt) ?? null;
  return isBySchedule(run, before) ? { ...run, startedBy: 'schedule' } : run;
}
