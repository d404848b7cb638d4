import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clockAhead } from '../../../src/sandbox/clock-ahead.ts';
import { aService, failureEvent, nightlyPosting } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { minute } from '../playing.ts';

/** Two processes on one store. The clock of the second is some minutes ahead. */
async function twoProcesses(minutesAhead: number) {
  const folder = mkdtempSync(join(tmpdir(), 'batch-retry-clocks-'));
  const settings = { STORE: `sqlite:${join(folder, 'store.sqlite')}` };
  const clock = new ManualClock();
  const first = await aService({ clock, settings });
  const fno = first.sandbox;
  const second = await aService({ clock: clockAhead(clock, minutesAhead * minute), settings, fno });
  return {
    first,
    second,
    clock,
    searches: () => fno.requests.filter(({ route }) => route === 'list').length,
    [Symbol.asyncDispose]: async () => {
      await second[Symbol.asyncDispose]();
      await first[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

test.each([-30, -6, -2, 0, 2, 6, 30])(
  'two processes of which one clock is %d minutes ahead search no more than one does',
  async (minutesAhead) => {
    await using both = await twoProcesses(minutesAhead);
    const { first, second, clock, searches } = both;
    await first.service.watch();
    await second.service.watch();
    // At its first sight of the other's look, a process can compare times of day only.
    expect(searches()).toBeLessThanOrEqual(2);
    const before = searches();
    for (let looks = 0; looks < 12; looks++) {
      await clock.advance(2 * minute);
      await second.service.watch();
      await clock.advance(3 * minute);
      await first.service.watch();
    }
    expect(searches() - before).toBeLessThanOrEqual(12);
    expect(searches() - before).toBeGreaterThanOrEqual(11);
  },
);

test.each([-30, 30])(
  'once one process has died, the other looks on, its clock %d minutes ahead',
  async (minutesAhead) => {
    await using both = await twoProcesses(minutesAhead);
    const { first, second, clock } = both;
    for (let looks = 0; looks < 3; looks++) {
      await first.service.watch();
      await second.service.watch();
      await clock.advance(5 * minute);
    }
    await failureEvent(first);
    for (let looks = 0; looks < 4; looks++) {
      await clock.advance(5 * minute);
      await second.service.watch();
    }
    expect(first.sandbox.requeues(nightlyPosting.jobId)).toBe(1);
  },
);
