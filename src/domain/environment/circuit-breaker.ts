import { addMs } from '../instants.ts';
import type { ReadOutcome, SetToWaitingOutcome } from '../outcome.ts';

/** What became of a request to F&O, or of a read. */
export type FnoOutcome = SetToWaitingOutcome | ReadOutcome;

/** Keeps requests from an F&O environment that is down. Shared by all processes. */
export type Breaker = {
  /** Faults of requests in a row, and of reads. */
  faults: number;
  readFaults: number;
  /** While it is open, no request is sent; afterwards one is, as a probe. Null: closed. */
  openUntil: Date | null;
  /** How often it has opened in a row. */
  openings: number;
};

export const closedBreaker: Breaker = { faults: 0, readFaults: 0, openUntil: null, openings: 0 };

const minute = 60_000;
export const faultsToOpen = 5;
/** How long a probe has, until another may be sent. */
export const probeMs = minute / 2;

export type Passage = { kind: 'pass'; breaker: Breaker } | { kind: 'wait'; until: Date };

/** Whether a request may be sent now. Once the time is over one passes as a probe, and the others wait for it. */
export function passBreaker(breaker: Breaker, now: Date): Passage {
  if (!breaker.openUntil) return { kind: 'pass', breaker };
  if (breaker.openUntil > now) return { kind: 'wait', until: breaker.openUntil };
  return { kind: 'pass', breaker: { ...breaker, openUntil: addMs(now, probeMs) } };
}

/** What F&O's answer to a request, or its absence, does to the breaker. */
export function afterRequest(breaker: Breaker, outcome: FnoOutcome, now: Date): Breaker {
  if (isNoWord(outcome)) return breaker;
  if (!isFault(outcome)) return closedBreaker;
  const faults = breaker.faults + 1;
  return faults < faultsToOpen ? { ...breaker, faults } : open({ ...breaker, faults }, now);
}

/**
 * What a read does to it. Each request follows a read that went well: such a read must not hide that request after
 * request fails, and ends a row of reads only.
 */
export function afterRead(breaker: Breaker, read: FnoOutcome, now: Date): Breaker {
  if (isNoWord(read)) return breaker;
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

/** How long it stays open, after so many openings in a row. */
export function openMs(openings: number): number {
  return Math.min(minute * 2 ** Math.min(openings, 10), 15 * minute);
}

/** F&O is serviced, overloaded or not to be reached. */
function isFault(outcome: FnoOutcome): boolean {
  if (outcome.kind === 'unknown') return outcome.gatewayFault;
  return outcome.kind === 'unavailable' || outcome.kind === 'not-sent';
}

/** What tells nothing of F&O: no token, no time, or an answer that was lost on the way. */
function isNoWord(outcome: FnoOutcome): boolean {
  if (outcome.kind === 'unknown') return !outcome.gatewayFault;
  if (outcome.kind === 'sign-in-refused') return true;
  return outcome.kind === 'not-sent' && outcome.cause !== 'connection';
}
