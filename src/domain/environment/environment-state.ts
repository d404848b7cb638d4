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
  /** Requeues sent in the minute that began then. */
  minuteStartedAt: Date;
  sentInMinute: number;
  /** The notification that announces a wrong set-up; null once F&O takes a request. */
  setupProblemId: string | null;
  /** Unknown BusinessEventIds that the service has announced, the latest last. */
  announcedEventIds: readonly string[];
};

export type Permit =
  /** The service may send the request. `breaker` is its state at the grant. */
  { kind: 'granted'; breaker: Breaker } | { kind: 'denied'; until: Date; cause: PermitCause };

const minute = 60_000;

/**
 * Acquires a permit to send a requeue. The minute must have room, and the breaker must be closed, or half-open with
 * this request as its probe.
 */
export function acquirePermit(
  state: EnvironmentState | null,
  requeuesPerMinute: number,
  now: Date,
): { state: EnvironmentState; permit: Permit } {
  const current = inItsMinute(state ?? freshState(now), now);
  if (current.sentInMinute >= requeuesPerMinute) {
    return {
      state: current,
      permit: { kind: 'denied', until: addMs(current.minuteStartedAt, minute), cause: 'rate-limit' },
    };
  }
  const passage = passBreaker(current.breaker, now);
  if (passage.kind === 'wait')
    return { state: current, permit: { kind: 'denied', until: passage.until, cause: 'breaker' } };
  const { breaker } = passage;
  return {
    state: { ...current, breaker, sentInMinute: current.sentInMinute + 1 },
    permit: { kind: 'granted', breaker },
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

const maxEventIds = 50;

export const nothingAnnounced = { setupProblemId: null, announcedEventIds: [] };

export function freshState(now: Date): EnvironmentState {
  return { breaker: closedBreaker, minuteStartedAt: now, sentInMinute: 0, ...nothingAnnounced };
}

function inItsMinute(state: EnvironmentState, now: Date): EnvironmentState {
  // A process whose clock is a little behind counts in the same minute.
  const age = now.getTime() - state.minuteStartedAt.getTime();
  return Math.abs(age) < minute ? state : { ...state, minuteStartedAt: now, sentInMinute: 0 };
}
