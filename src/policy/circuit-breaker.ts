import { addMs } from './instants.ts';
import type { SetToWaitingOutcome } from './outcome.ts';

/** Keeps requests from an F&O environment that is down. Shared by all processes. */
export type Breaker = {
  /** Faults in a row. */
  faults: number;
  /** While it is open, no request is sent; afterwards one is, as a probe. Null: closed. */
  openUntil: Date | null;
  /** How often it has opened in a row. */
  openings: number;
};

export const closedBreaker: Breaker = { faults: 0, openUntil: null, openings: 0 };

const minute = 60_000;
const faultsToOpen = 5;
/** How long a probe has, until another may be sent. */
const probeMs = minute / 2;

export type Passage = { kind: 'pass'; breaker: Breaker } | { kind: 'wait'; until: Date };

/** Whether a request may be sent now. Once the time is over one passes as a probe, and the others wait for it. */
export function passBreaker(breaker: Breaker, now: Date): Passage {
  if (!breaker.openUntil) return { kind: 'pass', breaker };
  if (breaker.openUntil > now) return { kind: 'wait', until: breaker.openUntil };
  return { kind: 'pass', breaker: { ...breaker, openUntil: addMs(now, probeMs) } };
}

/** What an answer of F&O, or its absence, does to the breaker. */
export function afterOutcome(breaker: Breaker, outcome: SetToWaitingOutcome, now: Date): Breaker {
  if (isNoWord(outcome)) return breaker;
  if (!isFault(outcome)) return closedBreaker;
  const faults = breaker.faults + 1;
  if (faults < faultsToOpen) return { ...breaker, faults };
  const openMs = Math.min(minute * 2 ** Math.min(breaker.openings, 10), 15 * minute);
  return { faults, openUntil: addMs(now, openMs), openings: breaker.openings + 1 };
}

/** F&O is serviced, overloaded or not to be reached. */
function isFault(outcome: SetToWaitingOutcome): boolean {
  if (outcome.kind === 'unknown') return outcome.gatewayFault;
  return outcome.kind === 'unavailable' || outcome.kind === 'not-sent';
}

/** What says nothing of how F&O is: no token, no time, or an answer that was lost on the way. */
function isNoWord(outcome: SetToWaitingOutcome): boolean {
  if (outcome.kind === 'unknown') return !outcome.gatewayFault;
  return outcome.kind === 'not-sent' && outcome.cause !== 'connection';
}
