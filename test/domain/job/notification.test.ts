import { expect, test } from 'vitest';
import { failureDecision, operatorDecision, runDecision } from '../../../src/domain/job/decision.ts';
import { notificationOf } from '../../../src/domain/job/notification.ts';
import { notificationEvents } from '../../../src/domain/job/outcomes.ts';
import { aFailure, aJob, policy } from './builders.ts';

const failure = aFailure(1);
const at = new Date('2026-03-02T01:00:00Z');
const job = aJob();
const startedAt = new Date('2026-03-02T00:00:00Z');
const inEpisode = { ...job, episode: { ...job.episode, number: 3, retriesUsed: 2, startedAt } };

test.each(notificationEvents)(
  'a decision to notify of %s becomes a notification that says all it needs',
  (notify) => {
    const made = failureDecision(inEpisode, failure, 'exhausted', 'why', { notify, policy, retry: 2 });
    expect(notificationOf(made, at, 'id')).toEqual({
      id: 'id',
      event: notify,
      at,
      failure,
      decision: 'exhausted',
      policy: { name: policy.name, maxRetries: policy.maxRetries },
      retry: 2,
      episode: 3,
      episodeStartedAt: startedAt,
      retriesUsed: 2,
      reason: 'why',
    });
  },
);

test('what is not published becomes none', () => {
  const made = [
    failureDecision(inEpisode, failure, 'superseded', 'why'),
    runDecision(inEpisode, failure, 'ended', 'why'),
    operatorDecision(inEpisode, failure, 'pause', 'why'),
  ];
  expect(made.map((one) => notificationOf(one, at, 'id'))).toEqual([null, null, null]);
});
