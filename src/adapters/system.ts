import { randomUUID } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';
import type { Randomness } from '../ports/randomness.ts';

export const systemClock: Clock = {
  now: () => new Date(),
  uptimeMs: () => Number(process.hrtime.bigint() / 1_000_000n),
  sleep,
  alarm(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

export const systemRandomness: Randomness = {
  random: () => Math.random(),
  uuid: () => randomUUID(),
};

/** As node:timers/promises does, without an error of its own for each sleep that is ended: that costs 10 µs. */
function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const wake = () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
