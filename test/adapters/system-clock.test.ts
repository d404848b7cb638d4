import { expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/system.ts';

test('a sleep ends after its time, and then listens to its signal no more', async () => {
  const before = performance.now();
  const stop = new AbortController();
  await systemClock.sleep(20, stop.signal);
  expect(performance.now() - before).toBeGreaterThanOrEqual(19);
  stop.abort();
});

test("a sleep that is ended rejects with the signal's reason, at once if it was aborted before", async () => {
  const reason = new Error('no longer needed');
  const stop = new AbortController();
  const sleeping = systemClock.sleep(60_000, stop.signal);
  stop.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
  await expect(systemClock.sleep(60_000, stop.signal)).rejects.toBe(reason);
});
