import { addMs } from '../instants.ts';
import type { FirstLook } from './first-look.ts';
import { firstSearchMs, type RunClock } from './run-clock.ts';

const minute = 60_000;

/** How long before its position a look begins, in ms: F&O may show an end late. */
const overlapMs = 10 * minute;

/** How much longer if F&O shows local times, in ms: they are set back by an hour in autumn. */
const setBackMs = 60 * minute;

/** How far back a look reaches after a standstill, in ms. */
export const catchUpMs = 24 * 60 * minute;

/** How long a look may take, in ms, before another process may begin one. */
const watchLeaseMs = 3 * minute;

/** The part of the interval after which the next look is due: timers do not tick exactly. */
const duePart = 0.8;

/** What all processes share about the watch of one environment. */
export type WatchState = FirstLook & {
  /** All ends of runs up to here were seen, by F&O's times of runs. */
  positionAt: Date | null;
  /** The end of the oldest run that is not settled. */
  unsettledSinceAt: Date | null;
  /** One process looks at a time, until then by its own clock. A second look would find the same. */
  leaseUntil: Date | null;
  /** F&O asked for patience until then. */
  notBeforeAt: Date | null;
  /** What was found out of F&O's batch history; null if nothing was. */
  history: KnownHistory | null;
  /** Missing in records that are older than this field. */
  runClock?: RunClock;
  /**
   * Until when, by F&O's clock of its runs, the looks have told each run that failed, with F&O's batch history. Missing
   * before that, and in records that are older than this field.
   */
  toldUntilAt?: Date;
  lastLook: LastLook | null;
};

/** `entity` is null if F&O shows no batch history. Without a row to see, its properties are assumed. */
export type KnownHistory = { entity: HistoryEntity | null; isCertain: boolean; foundAt: Date };

/** The entity set of the batch history, and its properties as this F&O spells them; null for one that it lacks. */
export type HistoryEntity = {
  set: string;
  jobId: string;
  status: string;
  start: string;
  end: string;
  description: string | null;
  legalEntity: string | null;
};

const hour = 60 * minute;

/** Whether it is time to find out again: after a day if there was none, at the next look if nothing was certain. */
export function mustFindHistory(known: KnownHistory | null, now: Date): boolean {
  if (known === null) return true;
  const forMs = known.isCertain ? (known.entity ? Infinity : 24 * hour) : 0;
  return now.getTime() - known.foundAt.getTime() >= forMs;
}

/** `problem` says in a sentence why the look could not see everything. */
export type LastLook = { at: Date; problem: string | null };

const neverLooked: WatchState = {
  beganAt: null,
  positionAt: null,
  unsettledSinceAt: null,
  leaseUntil: null,
  notBeforeAt: null,
  history: null,
  lastLook: null,
};

/**
 * Begins a look: null if it is not due, another process looks, or F&O asked for patience. `unchangedMs` is for how long
 * the caller has seen the state as it is, by its own uptime: the clocks of two processes may lie apart. Null at first
 * sight: then the times of day must do.
 */
export function beginLook(
  state: WatchState | null,
  everyMs: number,
  now: Date,
  unchangedMs: number | null,
): WatchState | null {
  const current = state ?? neverLooked;
  const isDue =
    unchangedMs === null
      ? isDueByClock(current, everyMs, now)
      : unchangedMs >= (current.leaseUntil ? watchLeaseMs : everyMs * duePart);
  if (!isDue || isAhead(current.notBeforeAt, now, 60 * minute)) return null;
  return { ...current, leaseUntil: addMs(now, watchLeaseMs) };
}

function isDueByClock({ lastLook, leaseUntil }: WatchState, everyMs: number, now: Date): boolean {
  const sinceMs = lastLook ? now.getTime() - lastLook.at.getTime() : Infinity;
  // A look in the future is one by a clock that has been set since.
  if (sinceMs >= 0 && sinceMs < everyMs * duePart) return false;
  return !isAhead(leaseUntil, now, watchLeaseMs);
}

/** Whether a time is ahead, but not further than it can be unless a clock was set. */
function isAhead(time: Date | null, now: Date, atMostMs: number): boolean {
  return time !== null && time > now && time <= addMs(now, atMostMs);
}

/** From when a look searches for ends of runs. The first look only finds out where F&O's runs are. */
export function searchFrom({ positionAt, runClock }: WatchState, now: Date): Date {
  if (positionAt === null) return addMs(now, -firstSearchMs);
  const earliest = addMs(now, -catchUpMs);
  const showsUtc = (runClock?.aheadMs ?? 0) === 0;
  const from = addMs(positionAt, showsUtc ? -overlapMs : -overlapMs - setBackMs);
  return from < earliest ? earliest : from;
}

/**
 * Until when each run that failed is known; null if only events tell: without a batch history, and after a day without a
 * look that could read it, for the watch goes back no further.
 */
export function failuresToldUntil(state: WatchState | null, now: Date): Date | null {
  const { toldUntilAt, history, runClock } = state ?? neverLooked;
  if (!toldUntilAt || !history?.entity) return null;
  return addMs(toldUntilAt, catchUpMs - (runClock?.aheadMs ?? 0)) < now ? null : toldUntilAt;
}

/** What a look found out. */
export type Looked = {
  first: FirstLook;
  positionAt: Date;
  unsettledSinceAt: Date | null;
  problem: string | null;
  notBeforeAt: Date | null;
  history: KnownHistory | null;
  runClock: RunClock;
  /** Null if it could not tell all. */
  toldUntilAt: Date | null;
};

/** Ends a look. The position never goes back. */
export function endLook(state: WatchState | null, looked: Looked, now: Date): WatchState {
  const current = state ?? neverLooked;
  const { first, positionAt, unsettledSinceAt, problem, notBeforeAt, history, runClock } = looked;
  const toldUntilAt = looked.toldUntilAt ?? current.toldUntilAt;
  const isBehind = current.positionAt !== null && current.positionAt > positionAt;
  return {
    ...current,
    ...(current.beganAt === null ? first : {}),
    positionAt: isBehind ? current.positionAt : positionAt,
    unsettledSinceAt,
    leaseUntil: null,
    notBeforeAt,
    history,
    runClock,
    ...(toldUntilAt ? { toldUntilAt } : {}),
    lastLook: { at: now, problem },
  };
}
