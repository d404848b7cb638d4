import { expect, test } from 'vitest';
import { playRandomScenarios } from './play-random-scenarios.ts';

test('whatever is repeated, reordered, lost, killed or restored, nothing is lost and nothing doubled', async () => {
  const { runs, requeues } = await playRandomScenarios(0);
  expect(requeues).toBeGreaterThan(runs / 2);
}, 600_000);
