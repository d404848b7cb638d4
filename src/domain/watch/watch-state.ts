import { addMs } from '../instants.ts';

const minute = 60_000;

/** How long before the latest end a look begins, in ms: F&O may show an end late. */
const overlapMs = 10 * minute;

/** How far back a look reaches after a standstill, in ms. */
export const catchUpMs = 24 * 60 * minute;

/** How long a look may take, in ms, before another process may begin one. */
const watchLeaseMs = 3 * minute;

/** The part of the interval after which the next look is due: timers do not tick exactly. */
const duePart = 0.8;

/** What all processes share about the watch of one environment. */
export type WatchState = {
  /** The latest end of a run that a look has seen, by F&O's clock. */
  positionAt: Date | null;
  /** The end of the oldest run that is not settled. */
  unsettledSinceAt: Date | null;
  /** One process looks at a time. A lease that is judged wrongly costs a second look and nothing else. */
  leaseUntil: Date | null;
  /** F&O asked for patience until then. */
  notBeforeAt: Date | null;
  lastLook: LastLook | null;
};

/** `problem` says in a sentence why the look could not see everything. */
type LastLook = { at: Date; problem: string | null };

const neverLooked: WatchState = {
  positionAt: null,
  unsettledSinceAt: null,
  leaseUntil: null,
  notBeforeAt: null,
  lastLook: null,
};

/** Begins a look: null if it is not due, another process looks, or F&O asked for patience. */
export function beginLook(state: WatchState | null, everyMs: number, now: Date): WatchState | null {
  const current = state ?? neverLooked;
  const sinceMs = current.lastLook ? now.getTime() - current.lastLook.at.getTime() : Infinity;
  // A look in the future is one by a clock that has been set since.
  if (sinceMs >= 0 && sinceMs < everyMs * duePart) return null;
  if (isAhead(current.leaseUntil, now, watchLeaseMs)) return null;
  if (isAhead(current.notBeforeAt, now, 60 * minute)) return null;
  return { ...current, leaseUntil: addMs(now, watchLeaseMs) };
}

/** Whether a time is ahead, but not further than it can be unless a clock was set. */
function isAhead(time: Date | null, now: Date, atMostMs: number): boolean {
  return time !== null && time > now && time <= addMs(now, atMostMs);
}

/** From when a look searches for ends of runs. The first look begins now. */
export function searchFrom({ positionAt }: WatchState, now: Date): Date {
  if (positionAt === null) return now;
  const earliest = addMs(now, -catchUpMs);
  const from = addMs(positionAt, -overlapMs);
  return from < earliest ? earliest : from;
}

/** What a look found out. */
export type Looked = {
  positionAt: Date;
  unsettledSinceAt: Date | null;
  problem: string | null;
  notBeforeAt: Date | null;
};

/** Ends a look. The position never goes back. */
export function endLook(state: WatchState | null, looked: Looked, now: Date): WatchState {
  const current = state ?? neverLooked;
  const { positionAt, unsettledSinceAt, problem, notBeforeAt } = looked;
  const isBehind = current.positionAt !== null && current.positionAt > positionAt;
  return {
    ...current,
    positionAt: isBehind ? current.positionAt : positionAt,
    unsettledSinceAt,
    leaseUntil: null,
    notBeforeAt,
    lastLook: { at: now, problem },
  };
}
