import { addMs } from '../instants.ts';
import type { ReadOutcome, SetToWaitingOutcome } from '../outcome.ts';

/** The outcome of a request to F&O, of a read, or of a search. */
export type FnoOutcome = SetToWaitingOutcome | ReadOutcome | { kind: 'listed' };

/** Keeps requests from an F&O environment that is down. Shared by all processes. */
export type Breaker = {
  /** Faults of requests in a row, and of reads. */
  faults: number;
  readFaults: number;
  /** Until then it is open, and no request is sent. After that it is half-open. Null: closed. */
  openUntil: Date | null;
  /** How often it has opened in a row. */
  openings: number;
};

export const closedBreaker: Breaker = { faults: 0, readFaults: 0, openUntil: null, openings: 0 };

const minute = 60_000;
export const faultsToOpen = 5;
/** How long a probe has for its answer, in ms, before the breaker lets another one pass. */
export const probeMs = minute / 2;

export type Passage = { kind: 'pass'; breaker: Breaker } | { kind: 'wait'; until: Date };

/**
 * Whether a request may be sent now. A half-open breaker lets one pass as a probe; the others wait for its outcome.
 */
export function passBreaker(breaker: Breaker, now: Date): Passage {
  if (!breaker.openUntil) return { kind: 'pass', breaker };
  if (breaker.openUntil > now) return { kind: 'wait', until: breaker.openUntil };
  return { kind: 'pass', breaker: { ...breaker, openUntil: addMs(now, probeMs) } };
}

/** The breaker after F&O's answer to a request, or its absence. */
export function afterRequest(breaker: Breaker, outcome: FnoOutcome, now: Date): Breaker {
  if (saysNothing(outcome)) return breaker;
  if (!isFault(outcome)) return closedBreaker;
  const faults = breaker.faults + 1;
  return faults < faultsToOpen ? { ...breaker, faults } : open({ ...breaker, faults }, now);
}

/**
 * The breaker after a read. Each request follows a successful read, so such a read must not reset the count of
 * failed requests: it resets the count of failed reads only.
 */
export function afterRead(breaker: Breaker, read: FnoOutcome, now: Date): Breaker {
  if (saysNothing(read)) return breaker;
  if (isFault(read)) {
    const readFaults = breaker.readFaults + 1;
    return readFaults < faultsToOpen ? { ...breaker, readFaults } : open({ ...breaker, readFaults }, now);
  }
  return breaker.faults < faultsToOpen
    ? { ...closedBreaker, faults: breaker.faults }
    : { ...breaker, readFaults: 0 };
}

function open(breaker: Breaker, now: Date): Breaker {
  const { openings } = breaker;
  return { ...breaker, openUntil: addMs(now, openMs(openings)), openings: openings + 1 };
}

/** How long the breaker stays open, in ms, after this many openings in a row. */
export function openMs(openings: number): number {
  return Math.min(minute * 2 ** Math.min(openings, 10), 15 * minute);
}

/** F&O is being serviced, overloaded or unreachable. */
function isFault(outcome: FnoOutcome): boolean {
  if (outcome.kind === 'unknown') return outcome.gatewayFault;
  return outcome.kind === 'unavailable' || outcome.kind === 'not-sent';
}

/** Nothing about F&O follows from a missing token, a lack of time, or an answer that was lost on the way. */
function saysNothing(outcome: FnoOutcome): boolean {
  if (outcome.kind === 'unknown') return !outcome.gatewayFault;
  if (outcome.kind === 'sign-in-refused') return true;
  return outcome.kind === 'not-sent' && outcome.cause !== 'connection';
}
