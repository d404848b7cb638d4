import { type FailureInNight, failuresOf } from './match-failures.ts';
import { type JobKind, jobKinds, type NightPlan, type NightRecord } from './night-record.ts';
import { isDue, isHidden, isListed, isPassedOver } from './what-shows.ts';

/** What happened against what was found, a row for each kind of job. */
export function nightTable(plan: NightPlan, night: NightRecord): string {
  const rows = jobKinds.map((kind) => ({ 'kind of job': kind, ...rowOf(kind, plan, night) }));
  const names = Object.keys(rows[0] ?? {});
  const lines = [names, ...rows.map((row) => Object.values(row).map(String))];
  const widths = names.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines
    .map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | '))
    .join('\n');
}

function rowOf(kind: JobKind, plan: NightPlan, night: NightRecord): Record<string, string | number> {
  const jobs = night.jobs.filter((job) => job.kind === kind);
  const failures = jobs.flatMap(failuresOf).filter((one) => isDue(one, plan, night));
  const unseen = jobs
    .filter(isListed)
    .flatMap((job) =>
      failuresOf(job).filter(
        (one) =>
          one.by === null &&
          isDue(one, plan, night) &&
          (isHidden(job, plan) || isPassedOver(job, one, plan, night)),
      ),
    );
  const ofKind = new Set(jobs.map(({ jobId }) => jobId));
  const told = night.notifications.filter(({ jobId }) => ofKind.has(jobId));
  const announced = (event: string) => told.filter((one) => one.event === event).length;
  const after = failures.flatMap(({ afterMs }) => afterMs ?? []).toSorted((one, other) => one - other);
  return {
    jobs: jobs.length,
    runs: sum(jobs.map(({ happened }) => happened.filter(({ endedAt }) => endedAt !== null).length)),
    'runs told': sum(jobs.map(({ runs }) => runs.length)),
    failed: failures.length,
    found: failures.filter(({ by }) => by !== null).length,
    ...Object.fromEntries(
      ['event', 'status', 'history', 'telemetry', 'read'].map((by) => [`by ${by}`, countBy(failures, by)]),
    ),
    'cannot be seen': unseen.length,
    'found after': `${inMinutes(after[after.length >> 1])} / ${inMinutes(after.at(-1))}`,
    requeued: sum(jobs.map(({ accepted }) => accepted)),
    'requeues told': sum(
      jobs.map(({ history }) => history.filter(({ decision }) => decision === 'requeued').length),
    ),
    exhausted: announced('exhausted'),
    long: announced('long-running'),
    late: announced('late'),
  };
}

function countBy(failures: readonly FailureInNight[], by: string): number {
  return failures.filter((one) => one.by === by).length;
}

/** In minutes, with a decimal. */
function inMinutes(ms: number | undefined): string {
  return ms === undefined ? '–' : `${(ms / 60_000).toFixed(1)} min`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
