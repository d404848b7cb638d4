import { afterOutcome, type Breaker, closedBreaker, passBreaker } from './circuit-breaker.ts';
import { addMs } from './instants.ts';
import type { SetToWaitingOutcome } from './outcome.ts';

/** What all processes share about one F&O environment. */
export type EnvironmentState = {
  breaker: Breaker;
  /** Requeues sent in the minute that began then. */
  minuteStartedAt: Date;
  sentInMinute: number;
};

export type Grant =
  /** The request may be sent. `breaker` is what it was then. */
  { kind: 'go'; breaker: Breaker } | { kind: 'wait'; until: Date; cause: 'breaker' | 'rate limit' | 'crowd' };

const minute = 60_000;

/** Asks for leave to send a requeue: the breaker must be closed, or this be its probe, and the minute not used up. */
export function requestGrant(
  state: EnvironmentState | null,
  requeuesPerMinute: number,
  now: Date,
): { state: EnvironmentState; grant: Grant } {
  const current = inItsMinute(state ?? freshState(now), now);
  if (current.sentInMinute >= requeuesPerMinute) {
    return {
      state: current,
      grant: { kind: 'wait', until: addMs(current.minuteStartedAt, minute), cause: 'rate limit' },
    };
  }
  const passage = passBreaker(current.breaker, now);
  if (passage.kind === 'wait') return { state: current, grant: { ...passage, cause: 'breaker' } };
  const { breaker } = passage;
  return {
    state: { ...current, breaker, sentInMinute: current.sentInMinute + 1 },
    grant: { kind: 'go', breaker },
  };
}

/** Whether an outcome changes the breaker at all: in a healthy environment none does. */
export function changesBreaker(breaker: Breaker, outcome: SetToWaitingOutcome, now: Date): boolean {
  const after = afterOutcome(breaker, outcome, now);
  return after.faults !== breaker.faults || after.openUntil?.getTime() !== breaker.openUntil?.getTime();
}

/**
 * Takes in what became of a request that leave was granted for when the breaker was `granted`. Once the breaker
 * has opened since, a late fault of the same burst does not open it again.
 */
export function noteOutcome(
  state: EnvironmentState | null,
  granted: Breaker,
  outcome: SetToWaitingOutcome,
  now: Date,
): EnvironmentState {
  const current = state ?? freshState(now);
  const hasOpenedSince =
    current.breaker.openUntil !== null &&
    current.breaker.openUntil.getTime() !== granted.openUntil?.getTime();
  return hasOpenedSince ? current : { ...current, breaker: afterOutcome(current.breaker, outcome, now) };
}

function freshState(now: Date): EnvironmentState {
  return { breaker: closedBreaker, minuteStartedAt: now, sentInMinute: 0 };
}

function inItsMinute(state: EnvironmentState, now: Date): EnvironmentState {
  // Also for a process whose clock is a little behind it is the same minute.
  const age = now.getTime() - state.minuteStartedAt.getTime();
  return Math.abs(age) < minute ? state : { ...state, minuteStartedAt: now, sentInMinute: 0 };
}
