import type { Clock } from '../ports/clock.ts';

/** The clock of a machine whose time is `aheadMs` later than that of `clock`; earlier if negative. */
export function clockAhead(clock: Clock, aheadMs: number): Clock {
  return {
    now: () => new Date(clock.now().getTime() + aheadMs),
    uptimeMs: () => clock.uptimeMs(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    alarm: (ms, act) => clock.alarm(ms, act),
  };
}
