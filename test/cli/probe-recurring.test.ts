import { expect, test } from 'vitest';
import { probeRecurring } from '../../src/cli/probe-recurring.ts';
import type { Observation, ReadOutcome } from '../../src/domain/outcome.ts';
import { action } from '../domain/job/action.ts';
import { answer, jobId, observed } from '../domain/job/builders.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const minute = 60_000;

const list = () => Promise.reject(new Error('nothing is listed'));

/** Probes an F&O that takes the request, and answers the reads by how long ago that was. */
async function probe(readAfter: (ms: number) => Partial<Observation> | 'unavailable') {
  const clock = new ManualClock();
  const start = clock.now().getTime();
  const waiting: Observation = {
    ...observed('Waiting', new Date(start - minute)),
    scheduledAt: new Date(start + 60 * minute),
    isRecurring: true,
  };
  let requeues = 0;
  const read = (): Promise<ReadOutcome> => {
    const more = requeues === 0 ? {} : readAfter(clock.now().getTime() - start);
    if (more === 'unavailable') return Promise.resolve({ kind: 'unavailable', retryAfterMs: null, answer });
    return Promise.resolve({
      kind: 'found',
      observation: { ...waiting, readAt: clock.now(), ...more },
      answer,
    });
  };
  const setToWaiting = () => {
    requeues += 1;
    return Promise.resolve({ kind: 'taken', action, answer } as const);
  };
  const lines: string[] = [];
  const parts = {
    batchJobs: { read, setToWaiting, list, listByIds: list },
    clock,
    print: (line: string) => lines.push(line),
  };
  const ended = new AbortController();
  const probing = probeRecurring(parts, { jobId, environment: 'uat', sends: true });
  const ending = probing.finally(() => ended.abort());
  while (!ended.signal.aborted) {
    await new Promise(setImmediate);
    if (clock.asleep > 0) await clock.advance(15_000);
  }
  const found = await ending;
  expect(requeues).toBe(1);
  return { found, lines, tookMs: clock.now().getTime() - start };
}

test('a job that only waits on is looked at every 15 s, for five minutes', async () => {
  const { found, lines, tookMs } = await probe(() => ({}));
  expect(found).toBe(true);
  expect(lines.at(-1)).toMatch(/^no-change: /);
  expect(lines.at(-2)).toBe('After the requeue: start cleared, end kept.');
  expect(lines.filter((line) => /^\d:\d\d {2}Waiting, recurring;/.test(line))).toHaveLength(21);
  expect(tookMs).toBe(5 * minute);
});

test('a job that starts after two minutes is looked at no longer', async () => {
  const { found, lines, tookMs } = await probe((ms) => (ms < 2 * minute ? {} : { status: 'Executing' }));
  expect(found).toBe(true);
  expect(lines.at(-1)).toBe('starts-now: It is Executing.');
  expect(tookMs).toBe(2 * minute);
});

test('reads that fail are shown and tried again; where all fail, nothing is said', async () => {
  const passing = await probe((ms) => (ms < minute ? 'unavailable' : {}));
  expect(passing.lines.at(-1)).toMatch(/^no-change: /);
  expect(passing.lines).toContain('0:45  The job could not be read: unavailable.');
  const lasting = await probe(() => 'unavailable');
  expect(lasting.found).toBe(false);
  expect(lasting.lines.at(-1)).toBe('unclear: The job could no longer be read.');
  expect(lasting.tookMs).toBeLessThan(6 * minute);
});
