import { expect, test } from 'vitest';
import type { BatchJob } from '../../../src/domain/job/batch-job.ts';
import { transition } from '../../../src/domain/job/transition.ts';
import { aContext, aFailure, aJob, changed, day, found, hour, later, minute, now } from './builders.ts';

const ends = [1, 2, 3].map((n) => later((n - 5) * minute));
const failedRuns = ends.map((endedAt) => ({ endedAt }));
const [firstEnd = now, , lastEnd = now] = ends;

/** Its failed runs were handled without their events, and its retries are used up. */
function exhausted(quietForMs: number, more: Partial<BatchJob['seen']> = {}): BatchJob {
  const job = aJob();
  return aJob({
    episode: { ...job.episode, startedAt: firstEnd, retriesUsed: 3, exhaustionAnnouncedAtMax: 3 },
    seen: {
      ...job.seen,
      runEndedAt: lastEnd,
      failedRunEndedAt: lastEnd,
      failedRuns,
      activeAt: later(-quietForMs),
      ...more,
    },
  });
}

function receive(job: BatchJob, endedAt: Date) {
  const event = { kind: 'failure', failure: aFailure(7, { endedAt }) } as const;
  return changed(transition(job, event, aContext({ read: found('Error', lastEnd) })));
}

test.each([minute, 11 * hour, 2 * day])(
  'the first event of each run that was handled is a duplicate, %d ms after the job was last active',
  (quietForMs) => {
    for (const endedAt of ends) {
      for (const event of [endedAt, new Date(endedAt.getTime() + 2000)]) {
        const { job, decisions, request } = receive(exhausted(quietForMs), event);
        expect(decisions.map(({ outcome }) => outcome)).toEqual(['duplicate']);
        expect(request).toBeNull();
        expect(job.episode).toMatchObject({ number: 1, retriesUsed: 3 });
      }
    }
  },
);

test('a failure that is older than one the job is known for begins no episode, however quiet the job was', () => {
  const old = exhausted(2 * day, { failedRuns: failedRuns.slice(1) });
  const { job, decisions, request } = receive(old, firstEnd);
  expect(decisions.map(({ outcome }) => outcome)).toEqual(['exhausted']);
  expect(request).toBeNull();
  expect(job.episode.number).toBe(1);
});

test('a newer failure of a job that was quiet begins one', () => {
  const job = exhausted(2 * day);
  const event = { kind: 'failure', failure: aFailure(9) } as const;
  const step = changed(transition(job, event, aContext({ read: found('Error', aFailure(9).endedAt) })));
  expect(step.request).not.toBeNull();
  expect(step.job.episode.number).toBe(2);
});
