import { expect, test } from 'vitest';
import { withFailedRun } from '../../../src/domain/job/failed-runs.ts';
import { later, minute } from './builders.ts';

test('a record keeps the latest 20 failed runs, each once, in order', () => {
  let failedRuns: readonly { endedAt: Date }[] = [];
  for (let n = 30; n > 0; n--) {
    failedRuns = withFailedRun({ failedRuns }, later(n * minute));
    failedRuns = withFailedRun({ failedRuns }, later(n * minute + 1000));
  }
  const latest = Array.from({ length: 20 }, (_, index) => ({ endedAt: later((index + 11) * minute) }));
  expect(failedRuns).toEqual(latest);
  expect(withFailedRun({ failedRuns }, null)).toBe(failedRuns);
});
