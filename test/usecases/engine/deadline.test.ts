import { expect, test } from 'vitest';
import { Deadline } from '../../../src/usecases/engine/deadline.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

/** RESPONSE_BUDGET_MS unless set, and what one call of Azure Storage may take, in ms. */
const budgetMs = 8000;
const storeMs = 1600;

function aDeadline() {
  const clock = new ManualClock();
  const stop = new AbortController();
  return { clock, stop, deadline: new Deadline(clock, budgetMs, stop.signal) };
}

test('after the time for F&O the claim and its outcome can still be written, as late as the store may answer', async () => {
  const { clock, deadline } = aDeadline();
  const asked = deadline.ask(
    (signal) =>
      new Promise<string>((resolve) => {
        signal.addEventListener('abort', () => resolve('aborted'), { once: true });
      }),
  );
  await clock.advance(budgetMs - 2 * storeMs);
  expect(await Promise.race([asked, Promise.resolve('asked still')])).toBe('aborted');
});

test('F&O is not called if 300 ms or less are left of its time, or if the process stops', async () => {
  const { clock, deadline } = aDeadline();
  await clock.advance(budgetMs / 2 - 301);
  expect(deadline.canCallFno()).toBe(true);
  await clock.advance(1);
  expect(deadline.canCallFno()).toBe(false);

  const stopping = aDeadline();
  stopping.stop.abort();
  expect(stopping.deadline.canCallFno()).toBe(false);
});

test('a failure is queued as long as one call of the store fits into the rest', async () => {
  const { clock, deadline } = aDeadline();
  await clock.advance(budgetMs / 2);
  expect(deadline.canCallStoreOnce()).toBe(true);
  await clock.advance(budgetMs / 2 - storeMs);
  expect(deadline.canCallStoreOnce()).toBe(false);
});

test('a failure waits for others of its job only so long that the store can still be asked three times', async () => {
  const { clock, deadline } = aDeadline();
  let hasWaited = false;
  void deadline.waitFor(new Promise<never>(() => undefined)).then(() => (hasWaited = true));
  await clock.advance(budgetMs - 3 * storeMs - 1000);
  expect(hasWaited).toBe(false);
  await clock.advance(1000);
  expect(hasWaited).toBe(true);

  await deadline.waitFor(Promise.reject(new Error('what others met')));
});
