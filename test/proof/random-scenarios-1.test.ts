import { test } from 'vitest';
import { playRandomScenarios } from './play-random-scenarios.ts';

test('whatever is repeated, reordered, lost, killed or restored, nothing is lost and nothing doubled', async () => {
  await playRandomScenarios(0);
}, 600_000);
