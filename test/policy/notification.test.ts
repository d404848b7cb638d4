import { expect, test } from 'vitest';
import { decided, endedEpisode } from '../../src/policy/batch-job.ts';
import { notificationEvents, notificationOf } from '../../src/policy/notification.ts';
import { aFailure, aJob } from './builders.ts';

const failure = aFailure(1);
const at = new Date('2026-03-02T01:00:00Z');
const job = aJob({ episode: 3, retriesUsed: 2, episodeStartedAt: new Date('2026-03-02T00:00:00Z') });

test.each([
  ['requeued', {}, 'requeued'],
  ['recovered', {}, 'recovered'],
  ['exhausted', { announce: true }, 'exhausted'],
  ['refused', {}, 'needs-attention'],
  ['stuck', {}, 'needs-attention'],
  ['deferred', { announce: true }, 'needs-attention'],
] as const)('%s with %j is told as %s', (decision, more, event) => {
  expect(notificationEvents).toContain(event);
  expect(notificationOf(decided(failure, decision, 'why', more), job, at, 'id')).toEqual({
    id: 'id',
    event,
    at,
    failure,
    decision,
    retry: null,
    episode: 3,
    episodeStartedAt: job.episodeStartedAt,
    retriesUsed: 2,
    reason: 'why',
  });
});

test.each([
  ['exhausted', {}],
  ['refused', { announce: false }],
  ['deferred', {}],
  ['scheduled', {}],
  ['superseded', {}],
  ['ignored', {}],
  ['paused', {}],
  ['shadow', {}],
  ['canceled', {}],
] as const)('%s with %j is told to nobody', (decision, more) => {
  expect(notificationOf(decided(failure, decision, 'why', more), job, at, 'id')).toBeNull();
});

test('a recovery tells what its episode had come to, not the new one', () => {
  const made = decided(failure, 'recovered', 'why', { endedEpisode: endedEpisode(job) });
  const next = aJob({ episode: 4, retriesUsed: 0, episodeStartedAt: null });
  expect(notificationOf(made, next, at, 'id')).toMatchObject({ episode: 3, retriesUsed: 2 });
});
