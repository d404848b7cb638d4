import { describe, expect, test } from 'vitest';
import type { Run } from '../../src/domain/watch/run.ts';
import { beginLook, endLook } from '../../src/domain/watch/watch-state.ts';
import type { Runs, StoredRun } from '../../src/ports/runs.ts';
import { aKey } from '../helpers/stored-records.ts';

const start = new Date('2026-03-01T22:00:00Z');
const minute = 60_000;
const spring = { from: new Date('2026-02-25T00:00:00Z'), to: new Date('2026-03-10T00:00:00Z') };

/** What every driver of the runs keeps. `aStore` gives an empty one, opened anew by each call of its result. */
export function runsContract(driver: string, aStore: () => () => Runs): void {
  describe(`the runs on ${driver}`, () => {
    test('are none at first', async () => {
      const runs = aStore()();
      expect(await runs.ofJob(aKey('1'), null, 10)).toEqual([]);
      expect(await runs.between('default', span(0, 10), null, 10)).toEqual([]);
    });

    test('are there for every other process, each as it was put, and the newest of a job first', async () => {
      const open = aStore();
      const all = [
        aRun('9223372036854775807', 1),
        aRun('9223372036854775807', 2, { end: 'failed', learned: 'status', startedBy: 'operator' }),
        aRun('9223372036854775807', 3, { startedAt: null, end: 'ended', learned: null, isSettled: false }),
      ];
      for (const run of all) await open().put(run);
      await open().put(aRun('-9223372036854775808', 1));
      await open().put(aRun('9223372036854775807', 4, { environment: 'prod' }));

      expect(withoutPosition(await open().ofJob(aKey('9223372036854775807'), null, 10))).toEqual(
        all.toReversed(),
      );
    });

    test('of one job and end are one run: the one that was put last', async () => {
      const open = aStore();
      await open().put(aRun('1', 5, { end: 'ended', isSettled: false }));
      await open().put(aRun('1', 5, { end: 'failed', learned: 'event' }));
      const expected = [aRun('1', 5, { end: 'failed', learned: 'event' })];
      expect(withoutPosition(await open().ofJob(aKey('1'), null, 10))).toEqual(expected);
      expect(withoutPosition(await open().between('default', span(0, 10), null, 10))).toEqual(expected);
    });

    test('of a job come page by page', async () => {
      const runs = aStore()();
      for (let n = 0; n < 5; n++) await runs.put(aRun('1', n));
      const found: StoredRun[] = [];
      for (let before: string | null = null; ;) {
        const page: StoredRun[] = await runs.ofJob(aKey('1'), before, 2);
        found.push(...page);
        before = page.at(-1)?.position ?? null;
        if (page.length < 2) break;
      }
      expect(withoutPosition(found)).toEqual([4, 3, 2, 1, 0].map((n) => aRun('1', n)));
    });

    test('of an environment come page by page, the oldest first, over midnight, from one time to before another', async () => {
      const runs = aStore()();
      const all = [0, 30, 90, 119, 120, 150, 1440 + 150].flatMap((n) => [aRun('1', n), aRun('2', n)]);
      for (const run of all.toReversed()) await runs.put(run);
      await runs.put(aRun('1', 60, { environment: 'prod' }));
      for (const size of [1, 3, 4, 100]) {
        const found: StoredRun[] = [];
        for (let after: string | null = null; ;) {
          const page: StoredRun[] = await runs.between('default', span(30, 1440 + 150), after, size);
          found.push(...page);
          after = page.at(-1)?.position ?? null;
          if (page.length < size) break;
        }
        expect(withoutPosition(found)).toEqual(all.slice(2, -2));
      }
    });

    test('of the days before an instant are pruned, of this environment alone, for both lists', async () => {
      const runs = aStore()();
      const day = 1440;
      for (const n of [0, day, 2 * day, 3 * day]) await runs.put(aRun('1', n));
      await runs.put(aRun('1', 0, { environment: 'prod' }));
      expect(await runs.prune('default', at(2 * day))).toBe(2);
      const left = [aRun('1', 2 * day), aRun('1', 3 * day)];
      expect(withoutPosition(await runs.between('default', spring, null, 10))).toEqual(left);
      expect(withoutPosition(await runs.ofJob(aKey('1'), null, 10))).toEqual(left.toReversed());
      expect(await runs.between('prod', spring, null, 10)).toHaveLength(1);
    });

    test('have a watch whose state every process changes in turn, and none loses a change', async () => {
      const open = aStore();
      const begin = () =>
        open().updateWatch('default', (state) => {
          const next = beginLook(state, 5 * minute, start, null);
          return next || !state ? { state: next ?? fail(), result: true } : { state, result: false };
        });
      const begun = await Promise.all([begin(), begin(), begin()]);
      expect(begun.filter(Boolean)).toHaveLength(1);

      const looked = {
        first: { beganAt: at(0), firstEnds: [{ jobId: aKey('1').jobId, at: at(0) }] },
        positionAt: at(1),
        unsettledSinceAt: at(0),
        problem: 'F&O is down.',
        notBeforeAt: null,
        history: null,
        toldUntilAt: null,
        runClock: { aheadMs: 0, isCertain: true, newestAt: at(1), lookedAt: null },
      };
      await open().updateWatch('default', (state) => ({
        state: endLook(state, looked, at(2)),
        result: null,
      }));
      const read = await open().updateWatch('default', (state) => ({
        state: state ?? fail(),
        result: state,
      }));
      const lastLook = { at: at(2), problem: 'F&O is down.' };
      expect(read).toMatchObject({
        beganAt: at(0),
        firstEnds: [{ jobId: '1', at: at(0) }],
        positionAt: at(1),
        unsettledSinceAt: at(0),
        leaseUntil: null,
        lastLook,
      });
    });
  });
}

function fail(): never {
  throw new Error('The first look is always due.');
}

function at(minutes: number): Date {
  return new Date(start.getTime() + minutes * minute);
}

function span(from: number, to: number) {
  return { from: at(from), to: at(to) };
}

function withoutPosition(runs: readonly StoredRun[]): Run[] {
  return runs.map(({ position: _position, ...run }) => run);
}

function aRun(jobId: string, endedAfterMinutes: number, more: Partial<Run> = {}): Run {
  return {
    ...aKey(jobId),
    description: 'Nightly “posting”',
    legalEntity: 'USMF',
    startedAt: at(endedAfterMinutes - 10),
    endedAt: at(endedAfterMinutes),
    end: 'finished',
    learned: 'status',
    startedBy: null,
    isSettled: true,
    ...more,
  };
}
