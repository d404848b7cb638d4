import { expect, test } from 'vitest';
import type { RunTimes } from '../../../src/domain/job/batch-job.ts';
import type { JobEvent } from '../../../src/domain/job/job-event.ts';
import { transition } from '../../../src/domain/job/transition.ts';
import { aContext, aFailure, aJob, changed, found, hour, later, minute } from './builders.ts';

/** The run failed five minutes ago. */
const failure = aFailure(5);
const waits = found('Waiting', null, { isRecurring: true, scheduledAt: later(hour) });

function finished(run: RunTimes, staysShown = false): JobEvent {
  return { kind: 'run-learned', end: 'finished', run, failure: aFailure(9), staysShown, isMoot: false };
}

/** What becomes of the failure, whose event comes after this run was learned of. */
function afterLearning(run: RunTimes, before: ReturnType<typeof aJob> | null) {
  const { job, decisions } = changed(transition(before, finished(run), aContext()));
  expect(decisions).toEqual([]);
  const event = { kind: 'failure', failure } as const;
  return changed(transition(job, event, aContext({ read: waits })));
}

test.each<[string, RunTimes, 'superseded' | 'requested']>([
  ['began after it', { startedAt: later(-4 * minute), endedAt: later(-minute) }, 'superseded'],
  ['began as it ended', { startedAt: later(-5 * minute), endedAt: later(-minute) }, 'superseded'],
  [
    'ended well after it, and began nobody knows when',
    { startedAt: null, endedAt: later(-minute) },
    'superseded',
  ],
  ['may be the same', { startedAt: null, endedAt: later(-4 * minute) }, 'requested'],
  ['is the same', { startedAt: later(-9 * minute), endedAt: later(-4 * minute) }, 'requested'],
  ['ended before it', { startedAt: later(-9 * minute), endedAt: later(-8 * minute) }, 'requested'],
])(
  'a failure whose event comes after a search showed that a run ended well that %s: %j, %s',
  (_which, run, what) => {
    for (const before of [null, aJob()]) {
      const { decisions, request } = afterLearning(run, before);
      expect(request === null ? decisions.map(({ outcome }) => outcome) : ['requested']).toEqual([what]);
    }
  },
);

test('a run that ended well changes nothing if a read goes on showing it', () => {
  const run = { startedAt: later(-4 * minute), endedAt: later(-minute) };
  expect(transition(null, finished(run, true), aContext()).kind).toBe('unchanged');
  expect(transition(aJob(), finished(run, true), aContext()).kind).toBe('unchanged');
});

test('the event of a failed run that was learned is a duplicate, though it tells an earlier end than F&O shows', () => {
  const run = { startedAt: later(-9 * minute), endedAt: later(-4 * minute) };
  const learned = { ...aFailure(9, { endedAt: run.endedAt }), learned: 'history' } as const;
  const event = {
    kind: 'run-learned',
    end: 'failed',
    run,
    failure: learned,
    staysShown: false,
    isMoot: false,
  } as const;
  const read = found('Error', run.endedAt);
  const { job } = changed(transition(null, event, aContext({ read })));
  const { decisions } = changed(transition(job, { kind: 'failure', failure }, aContext({ read })));
  expect(decisions).toMatchObject([{ outcome: 'duplicate' }]);
});
