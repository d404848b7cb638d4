import { addMs, latest } from '../instants.ts';

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

/** The clock of F&O's times of runs: F&O dates its answers in UTC, and may show local times. */
export type RunClock = {
  /** How far it is ahead of F&O's answers, in ms. */
  aheadMs: number;
  /** False until a run has begun or ended from one look to the next. */
  isCertain: boolean;
  /** The latest time of a run that a complete look has shown, and F&O's clock at that look. */
  newestAt: Date | null;
  lookedAt: Date | null;
};

const unknownClock: RunClock = { aheadMs: 0, isCertain: false, newestAt: null, lookedAt: null };

/**
 * The clock after a look that showed these times of runs. No run begins or ends later than it is seen, and none earlier
 * than the look before, which did not show it. As long as a clock fits both, it stays.
 */
export function nextRunClock(
  before: RunClock | null,
  times: readonly Date[],
  fnoNow: Date,
  isComplete: boolean,
): RunClock {
  const known = before ?? unknownClock;
  const newest = newestOf(times, fnoNow);
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
export function raisedBy(clock: RunClock, times: readonly Date[], fnoNow: Date): RunClock {
  const newest = newestOf(times, fnoNow);
  return newest === null ? clock : { ...clock, aheadMs: Math.max(clock.aheadMs, leastAhead(newest, fnoNow)) };
}

/** Whether a run ended after the first look, at `beganAt` by F&O's clock; null: this look is the first. */
export function hasEndedSince(beganAt: Date | null, endedAt: Date, clock: RunClock): boolean {
  if (beganAt === null) return false;
  // A clock that is reckoned from what the first look showed must not count that as newer.
  const roomMs = clock.isCertain || clock.aheadMs === 0 ? 0 : toleranceMs;
  return endedAt > addMs(beganAt, clock.aheadMs + roomMs);
}

/** Whether F&O has shown the time zone, and not only what fits it. */
export function hasProof({ aheadMs, isCertain, newestAt }: RunClock): boolean {
  return isCertain || (newestAt === null && aheadMs > 0);
}

/** Whether a time can be one of a run in any time zone. */
export function canBeOfRun(time: Date, fnoNow: Date): boolean {
  return time <= addMs(fnoNow, farthestMs.ahead + toleranceMs);
}

function newestOf(times: readonly Date[], fnoNow: Date): Date | null {
  const possible = times.filter((time) => canBeOfRun(time, fnoNow));
  return possible.reduce<Date | null>((newest, time) => (newest && newest > time ? newest : time), null);
}

/** How far the clock is ahead at least, in whole quarters of an hour, if a run began or ended at `time`. */
function leastAhead(time: Date, fnoNow: Date): number {
  const quarters = Math.ceil((time.getTime() - fnoNow.getTime() - toleranceMs) / quarterMs);
  return Math.max(quarters * quarterMs, -farthestMs.behind) + 0;
}
