import type { Clock } from '../ports/clock.ts';

/** How much later than another a clock is; a function of the other, as of local times with a summer. */
export type Ahead = number | ((at: Date) => number);

/** The clock of a machine whose time is `aheadMs` later than that of `clock`; earlier if negative. */
export function clockAhead(clock: Clock, aheadMs: Ahead): Clock {
  const aheadAt = typeof aheadMs === 'number' ? () => aheadMs : aheadMs;
  return {
    now: () => new Date(clock.now().getTime() + aheadAt(clock.now())),
    uptimeMs: () => clock.uptimeMs(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    alarm: (ms, act) => clock.alarm(ms, act),
  };
}
