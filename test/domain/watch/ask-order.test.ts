import { expect, test } from 'vitest';
import { parseJobId } from '../../../src/domain/job-id.ts';
import { type AskedRun, runsToAsk } from '../../../src/domain/watch/ask-order.ts';
import type { Run } from '../../../src/domain/watch/run.ts';

/** Minutes of an hour. */
const at = (minute: number): Date => new Date(Date.UTC(2026, 2, 2, 1, minute));

function run(id: string, ended: number, learned: Run['learned'] = null): Run {
  const jobId = parseJobId(id);
  if (jobId === null) throw new Error('no id');
  const named = { environment: 'default', jobId, description: '', legalEntity: '' };
  const startedAt = at(ended - 1);
  return {
    ...named,
    startedAt,
    endedAt: at(ended),
    end: 'ended',
    learned,
    startedBy: null,
    isSettled: false,
  };
}

function asking(
  runs: readonly Run[],
  asked: Record<string, [number, number]>,
  now: number,
  max = 9,
): string[] {
  const of = ({ jobId }: Run): AskedRun | undefined => {
    const found = asked[jobId];
    return found && { at: at(found[0]), answers: found[1] };
  };
  return runsToAsk(runs, of, at(now), max).map(({ jobId }) => jobId);
}

test('a run is asked about once its rows are complete, unless it is told already', () => {
  expect(asking([run('1', 5), run('2', 6), run('3', 5, 'status')], {}, 20)).toEqual(['1']);
});

test('those that have waited longest come first, asked or not', () => {
  expect(asking([run('1', 0), run('2', 0)], { 1: [15, 0] }, 16)).toEqual(['2', '1']);
  const runs = [run('1', 0), run('2', 0), run('3', 9), run('4', 1)];
  expect(asking(runs, { 1: [20, 1], 2: [15, 1] }, 25, 3)).toEqual(['2', '4', '1']);
  expect(asking(runs, { 1: [20, 1], 2: [15, 1] }, 25)).toEqual(['2', '4', '1', '3']);
});

function answered(answers: number, now: number): string[] {
  return asking([run('1', 0)], { 1: [15, answers] }, now);
}

test('each answer that told nothing makes the pause longer, a fault does not', () => {
  expect(answered(1, 18)).toEqual([]);
  expect(answered(1, 19)).toEqual(['1']);
  expect(answered(3, 26)).toEqual([]);
  expect(answered(3, 27)).toEqual(['1']);
  expect(answered(0, 16)).toEqual(['1']);
});

test('once its time is over, a run is asked about without a pause', () => {
  expect(asking([run('1', 0)], { 1: [57, 4] }, 59)).toEqual([]);
  expect(asking([run('1', 0)], { 1: [57, 4] }, 60)).toEqual(['1']);
});
