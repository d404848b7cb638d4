import { addMs } from '../instants.ts';
import type { PermitCause } from '../job/job-event.ts';
import {
  afterRead,
  afterRequest,
  type Breaker,
  closedBreaker,
  type FnoOutcome,
  passBreaker,
} from './circuit-breaker.ts';

/** What all processes share about one F&O environment. */
export type EnvironmentState = {
  breaker: Breaker;
  /** Permits to send a requeue that processes have taken in the minute that began then. */
  minuteStartedAt: Date;
  takenInMinute: number;
  /** Those taken in the minute before. Missing in records that are older than this field. */
  takenBefore?: number;
  /** The notification that announces a wrong set-up; null once F&O takes a request. */
  setupProblemId: string | null;
  /** Unknown BusinessEventIds that the service has announced, the latest last. */
  announcedEventIds: readonly string[];
  /** Whether the service has announced that it cannot read the telemetry. */
  noCausesAnnounced: boolean;
};

/** The service must not send a requeue before `until`. */
export type Denied = { kind: 'denied'; until: Date; cause: PermitCause };

/** Permits that one process takes at once. They lapse with their minute, `validMs` from now. */
export type PermitBlock = { kind: 'taken'; breaker: Breaker; count: number; validMs: number } | Denied;

const minute = 60_000;

/** A process takes this part of the permits that the minute has left, and at least one. */
const blockPart = 1 / 8;

/**
 * Takes a block of permits to send requeues. The minute must have room, and the breaker must be closed, or half-open:
 * then the block is one permit, for a probe. What a process does not spend lapses, so that the minute never has too
 * many. What the minute before had counts too, less with each second, so that the turn of a minute lets no burst pass.
 */
export function takePermits(
  state: EnvironmentState | null,
  requeuesPerMinute: number,
  now: Date,
): { state: EnvironmentState; block: PermitBlock } {
  const current = inItsMinute(state ?? freshState(now), now);
  const { minuteStartedAt, takenInMinute, takenBefore = 0 } = current;
  const validMs = minute - Math.abs(now.getTime() - minuteStartedAt.getTime());
  const left = requeuesPerMinute - takenInMinute - Math.round((takenBefore * validMs) / minute);
  if (left <= 0) {
    const until = addMs(minuteStartedAt, minute);
    return { state: current, block: { kind: 'denied', until, cause: 'rate-limit' } };
  }
  const passage = passBreaker(current.breaker, now);
  if (passage.kind === 'wait')
    return { state: current, block: { kind: 'denied', until: passage.until, cause: 'breaker' } };
  const { breaker } = passage;
  const count = breaker.openUntil === null ? Math.max(1, Math.floor(left * blockPart)) : 1;
  return {
    state: { ...current, breaker, takenInMinute: takenInMinute + count },
    block: { kind: 'taken', breaker, count, validMs },
  };
}

const afterOutcome = { read: afterRead, request: afterRequest };

/** Whether an outcome changes the state at all: in a healthy environment none does. */
export function changesState(
  state: EnvironmentState,
  of: 'read' | 'request',
  outcome: FnoOutcome,
  now: Date,
): boolean {
  const { breaker, setupProblemId } = state;
  const after = afterOutcome[of](breaker, outcome, now);
  return (
    after.faults !== breaker.faults ||
    after.readFaults !== breaker.readFaults ||
    after.openUntil?.getTime() !== breaker.openUntil?.getTime() ||
    (outcome.kind === 'taken' && setupProblemId !== null)
  );
}

/**
 * Applies the outcome of a request, or a read, that was sent when the breaker was `granted`. If the breaker has
 * opened since, a late fault of the same burst does not open it again.
 */
export function applyOutcome(
  state: EnvironmentState | null,
  granted: Breaker,
  of: 'read' | 'request',
  outcome: FnoOutcome,
  now: Date,
): EnvironmentState {
  const known = state ?? freshState(now);
  const current = outcome.kind === 'taken' ? { ...known, setupProblemId: null } : known;
  const hasOpenedSince =
    current.breaker.openUntil !== null &&
    current.breaker.openUntil.getTime() !== granted.openUntil?.getTime();
  return hasOpenedSince ? current : { ...current, breaker: afterOutcome[of](current.breaker, outcome, now) };
}

/**
 * Claims the announcement of a set-up problem, which stops every job, for one notification. Null: another
 * notification has it.
 */
export function claimSetupProblem(
  state: EnvironmentState | null,
  notificationId: string,
  now: Date,
): EnvironmentState | null {
  const current = state ?? freshState(now);
  const { setupProblemId } = current;
  if (setupProblemId !== null && setupProblemId !== notificationId) return null;
  return { ...current, setupProblemId: notificationId };
}

/** Notes the announcement of an unknown BusinessEventId. Null: it was announced before. */
export function noteEventId(state: EnvironmentState | null, id: string, now: Date): EnvironmentState | null {
  const current = state ?? freshState(now);
  const { announcedEventIds } = current;
  if (announcedEventIds.includes(id)) return null;
  return { ...current, announcedEventIds: [...announcedEventIds, id].slice(-maxEventIds) };
}

/** Notes the announcement that the telemetry cannot be read. Null: it was announced before. */
export function noteNoCauses(state: EnvironmentState | null, now: Date): EnvironmentState | null {
  const current = state ?? freshState(now);
  return current.noCausesAnnounced ? null : { ...current, noCausesAnnounced: true };
}

/** Notes that the telemetry can be read. Null: nothing else was announced. */
export function noteCausesWork(state: EnvironmentState | null): EnvironmentState | null {
  return state?.noCausesAnnounced ? { ...state, noCausesAnnounced: false } : null;
}

const maxEventIds = 50;

export const nothingAnnounced = {
  setupProblemId: null,
  announcedEventIds: [],
  noCausesAnnounced: false,
};

export function freshState(now: Date): EnvironmentState {
  return { breaker: closedBreaker, minuteStartedAt: now, takenInMinute: 0, ...nothingAnnounced };
}

/** Minutes follow each other without a gap while permits are taken. */
function inItsMinute(state: EnvironmentState, now: Date): EnvironmentState {
  const { minuteStartedAt, takenInMinute } = state;
  // A process whose clock is a little behind counts in the same minute.
  const age = now.getTime() - minuteStartedAt.getTime();
  if (Math.abs(age) < minute) return state;
  const isNext = age > 0 && age < 2 * minute;
  const next = isNext
    ? { minuteStartedAt: addMs(minuteStartedAt, minute), takenBefore: takenInMinute }
    : { minuteStartedAt: now, takenBefore: 0 };
  return { ...state, ...next, takenInMinute: 0 };
}
