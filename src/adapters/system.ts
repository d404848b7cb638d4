import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../ports/clock.ts';
import type { Randomness } from '../ports/randomness.ts';

export const systemClock: Clock = {
  now: () => new Date(),
  uptimeMs: () => Number(process.hrtime.bigint() / 1_000_000n),
  sleep: (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}),
};

export const systemRandomness: Randomness = {
  random: () => Math.random(),
  uuid: () => randomUUID(),
};
