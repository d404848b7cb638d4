import { addMs, latest } from '../instants.ts';
import type { JobId } from '../job-id.ts';

const minute = 60_000;

/** Time zones differ by quarters of an hour, from 12 hours behind to 14 hours ahead. */
const quarterMs = 15 * minute;
const farthestMs = { behind: 12 * 60 * minute, ahead: 14 * 60 * minute };

/** How far the clocks of F&O's machines may lie apart, in ms. */
const toleranceMs = 2 * minute;

/** How late F&O may show that a run began or ended, in ms. */
const showsLateMs = 30 * minute;

/** How far back the first search reaches, in ms, to find a run whatever the time zone. */
export const firstSearchMs = farthestMs.behind;

/** A time at which F&O shows that a run of the job began or ended. */
export type TimeOfRun = { jobId: JobId; at: Date };

/** The clock of F&O's times of runs: F&O dates its answers in UTC, and may show local times. */
export type RunClock = {
  /** How far it is ahead of F&O's answers, in ms. */
  aheadMs: number;
  /** False until a run has begun or ended from one look to the next. */
  isCertain: boolean;
  /** The latest time of a run that a complete look has shown, and F&O's clock at that look. */
  newestAt: Date | null;
  lookedAt: Date | null;
  /** A time that is ahead of the clock, and that no other run has confirmed. */
  doubt?: Claim | null;
};

/** How far the clock is ahead at least, if the time is right. */
type Claim = TimeOfRun & { aheadMs: number };

const unknownClock: RunClock = { aheadMs: 0, isCertain: false, newestAt: null, lookedAt: null };

/**
 * The clock after a look that showed these times of runs. No run begins or ends later than it is seen, and none earlier
 * than the look before, which did not show it. As long as a clock fits both, it stays.
 */
export function nextRunClock(
  before: RunClock | null,
  times: readonly TimeOfRun[],
  fnoNow: Date,
  isComplete: boolean,
): RunClock {
  const { sound, doubt } = soundTimes(before, times, fnoNow);
  const known = { ...(before ?? unknownClock), doubt };
  const newest = newestOf(sound);
  const looked = isComplete ? { newestAt: latest(known.newestAt, newest), lookedAt: fnoNow } : {};
  if (newest === null) return { ...known, ...looked };
  const atLeastMs = leastAhead(newest, fnoNow);
  // The first look shows no more than this. Of many runs, it may not have seen the newest.
  if (before === null && isComplete) return { ...known, ...looked, aheadMs: atLeastMs };
  const isNew = known.lookedAt !== null && (known.newestAt === null || newest > known.newestAt);
  const sinceMs = isNew && known.lookedAt ? newest.getTime() - known.lookedAt.getTime() : Infinity;
  const fits = atLeastMs <= known.aheadMs && known.aheadMs <= sinceMs + showsLateMs;
  const aheadMs = fits ? known.aheadMs : atLeastMs;
  return { ...known, ...looked, aheadMs, isCertain: known.isCertain || isNew };
}

/** The clock, if F&O shows elsewhere that runs ended at these times. */
export function raisedBy(clock: RunClock, times: readonly TimeOfRun[], fnoNow: Date): RunClock {
  const { sound, doubt } = soundTimes(clock, times, fnoNow);
  const newest = newestOf(sound);
  if (newest === null) return { ...clock, doubt };
  return { ...clock, doubt, aheadMs: Math.max(clock.aheadMs, leastAhead(newest, fnoNow)) };
}

/** Whether F&O has shown the time zone, and not only what fits it. */
export function hasProof({ aheadMs, isCertain, newestAt }: RunClock): boolean {
  return isCertain || (newestAt === null && aheadMs > 0);
}

/** Whether a time can be one of a run in any time zone. */
export function canBeOfRun(time: Date, fnoNow: Date): boolean {
  return time <= addMs(fnoNow, farthestMs.ahead + toleranceMs);
}

/**
 * The times by which the clock may be set. One run alone does not raise a clock that is certain: another job, or a later
 * run, has to be as far ahead. Until then its time is in doubt.
 */
function soundTimes(clock: RunClock | null, times: readonly TimeOfRun[], fnoNow: Date) {
  const claims = times.flatMap(({ jobId, at }): Claim[] =>
    canBeOfRun(at, fnoNow) ? [{ jobId, at, aheadMs: leastAhead(at, fnoNow) }] : [],
  );
  if (!clock?.isCertain) return { sound: claims, doubt: null };
  const { aheadMs, doubt = null } = clock;
  const raising = [...claims, ...(doubt ? [doubt] : [])]
    .filter((claim) => claim.aheadMs > aheadMs)
    .toSorted((one, other) => other.aheadMs - one.aheadMs);
  const [highest] = raising;
  const second = highest && raising.find((claim) => isOfOtherRun(claim, highest));
  const limitMs = second?.aheadMs ?? aheadMs;
  return {
    sound: claims.filter((claim) => claim.aheadMs <= limitMs),
    doubt: highest && highest.aheadMs > limitMs ? highest : null,
  };
}

/** F&O may write the times of one run anew. */
function isOfOtherRun(one: TimeOfRun, other: TimeOfRun): boolean {
  return one.jobId !== other.jobId || Math.abs(one.at.getTime() - other.at.getTime()) > showsLateMs;
}

function newestOf(times: readonly TimeOfRun[]): Date | null {
  return times.reduce<Date | null>((newest, { at }) => latest(newest, at), null);
}

/** How far the clock is ahead at least, in whole quarters of an hour, if a run began or ended at `time`. */
function leastAhead(time: Date, fnoNow: Date): number {
  const quarters = Math.ceil((time.getTime() - fnoNow.getTime() - toleranceMs) / quarterMs);
  return Math.max(quarters * quarterMs, -farthestMs.behind) + 0;
}
