import type { FailureInNight } from './match-failures.ts';
import { type NightJobRecord, type NightPlan, type NightRecord, showsHowRunsEnd } from './night-record.ts';

const minute = 60_000;

/** A look every five minutes sees what F&O shows for so long. */
const seenMs = 10 * minute;

export function isListed({ kind }: Pick<NightJobRecord, 'kind'>): boolean {
  return kind !== 'not listed, fails';
}

/** Whether nothing can show the service how this job's runs end. */
export function isHidden({ recurs }: Pick<NightJobRecord, 'recurs'>, plan: NightPlan): boolean {
  return recurs && !showsHowRunsEnd(plan);
}

/** How long the service may take to find a failure: telemetry comes late, and may tell for an hour. */
export function isDue({ run }: FailureInNight, plan: NightPlan, { endedAt }: NightRecord): boolean {
  const findMs = plan.hasTelemetry ? 75 * minute : 20 * minute;
  return Date.parse(run.endedAt ?? '') < Date.parse(endedAt) - findMs;
}

/** Whether the job's next run began before a look could see this one: F&O itself shows only the latest. */
export function isPassedOver(
  { happened }: NightJobRecord,
  { run }: FailureInNight,
  { lostRate, hasHistory }: NightPlan,
  { down }: NightRecord,
): boolean {
  const next = happened[happened.indexOf(run) + 1];
  if (lostRate !== null || hasHistory || !next) return false;
  const [from, to] = [Date.parse(run.endedAt ?? ''), Date.parse(next.startedAt)];
  const [downFrom, downTo] = [Date.parse(down.from), Date.parse(down.to)];
  const unseenMs = Math.max(0, Math.min(to, downTo) - Math.max(from, downFrom));
  return to - from - unseenMs < seenMs;
}
