import { describe, expect, test } from 'vitest';
import { timesThatDiffer } from '../../../src/domain/environment/times-that-differ.ts';
import type { Observation } from '../../../src/domain/outcome.ts';

const now = new Date('2026-03-02T01:00:00Z');
const ended = new Date('2026-03-02T00:59:00Z');

function later(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * 1000);
}

function observed(given: Partial<Observation> = {}): Observation {
  return {
    status: 'Error',
    description: '',
    legalEntity: '',
    startedAt: later(ended, -60),
    endedAt: ended,
    scheduledAt: null,
    isRecurring: false,
    readAt: now,
    ...given,
  };
}

describe('what is logged of the times that F&O shows', () => {
  test.each([
    ['nothing, where all agree', observed(), ended, null],
    ['nothing, where F&O shows no time', observed({ readAt: null, endedAt: null }), ended, null],
    ['nothing of a clock a minute off', observed({ readAt: later(now, 60) }), ended, null],
    ['a clock ahead', observed({ readAt: later(now, 61) }), ended, /clock says 2026-03-02T01:01:01/],
    ['a clock behind', observed({ readAt: later(now, -300) }), null, /clock says 2026-03-02T00:55:00/],
    ['nothing of a run that ended two minutes ahead', observed({ endedAt: later(now, 120) }), null, null],
    [
      'a run that ended hours ahead, as local times show it',
      observed({ startedAt: later(now, 9 * 3600 - 60), endedAt: later(now, 9 * 3600) }),
      null,
      /clock says 2026-03-02T01:00:00.*ended at 2026-03-02T10:00:00/,
    ],
    [
      'a run that began hours ahead',
      observed({ startedAt: later(now, 3600) }),
      null,
      /began or ended at .*T02:00/,
    ],
    ['nothing of ends within two seconds', observed({ endedAt: later(ended, 2) }), ended, null],
    [
      'an end that shows late',
      observed({ endedAt: later(ended, 40) }),
      ended,
      /ended at .*00:59:40.*both count/,
    ],
    [
      'nothing of a newer run',
      observed({ startedAt: later(ended, 10), endedAt: later(ended, 30) }),
      ended,
      null,
    ],
  ])('%s', (_, observation, failedRunEndedAt, expected) => {
    expect(timesThatDiffer(observation, failedRunEndedAt, now) ?? '').toMatch(expected ?? /^$/);
  });
});
