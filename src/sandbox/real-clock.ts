import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../ports/clock.ts';

export const realClock: Clock = {
  now: () => new Date(),
  uptimeMs: () => Number(process.hrtime.bigint() / 1_000_000n),
  sleep: (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}),
  alarm(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};
