import { randomUUID } from 'node:crypto';
import type { Randomness } from '../../ports/randomness.ts';

export const systemRandomness: Randomness = {
  random: () => Math.random(),
  uuid: () => randomUUID(),
};
