import { expect, test } from 'vitest';
import { parseJobId } from '../../../src/domain/job-id.ts';
import { newJob } from '../../../src/domain/job/batch-job.ts';
import { runBefore } from '../../../src/domain/watch/run-before.ts';

const at = (second: number): Date => new Date(second * 1000);
const times = (started: number | null, ended: number) => ({
  startedAt: started === null ? null : at(started),
  endedAt: at(ended),
});
const run = times(100, 200);

test.each([
  ['none is known', [], null],
  ['the latest of those that ended before', [times(10, 20), times(30, 40), times(300, 400)], times(30, 40)],
  ['the run itself is not', [times(100, 200), times(101, 199), times(30, 40)], times(30, 40)],
  ['one whose end was written late', [times(30, 130)], times(30, 130)],
  ['an end within the run is its own', [times(null, 130), times(null, 40)], times(null, 40)],
  ['its start is told by another', [times(null, 41), times(30, 40)], times(30, 41)],
])('the run before: %s', (_what, kept, before) => {
  expect(runBefore(run, kept, null)).toEqual(before);
});

test('of a run of unknown start, any earlier end is of a run before', () => {
  expect(runBefore(times(null, 200), [times(150, 160)], null)).toEqual(times(150, 160));
});

test("the job's record knows runs that were never kept", () => {
  const jobId = parseJobId('1');
  if (jobId === null) throw new Error('no id');
  const job = newJob('default', { jobId, description: 'Nightly', legalEntity: 'USMF' });
  const after = (seen: Partial<typeof job.seen>) =>
    runBefore(run, [], { ...job, seen: { ...job.seen, ...seen } });
  expect(after({})).toBeNull();
  expect(after({ failedRuns: [{ endedAt: at(90) }, { endedAt: at(300) }] })).toEqual(times(null, 90));
  expect(after({ failedRunEndedAt: at(95) })).toEqual(times(null, 95));
  expect(after({ finishedRunEndedAt: at(97) })).toEqual(times(null, 97));
  expect(after({ learnedRun: times(80, 98) })).toEqual(times(80, 98));
  expect(after({ learnedFinish: times(80, 99) })).toEqual(times(80, 99));
});
