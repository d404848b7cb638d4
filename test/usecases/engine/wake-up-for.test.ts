import { expect, test } from 'vitest';
import type { Claim } from '../../../src/domain/job/batch-job.ts';
import { idle } from '../../../src/domain/job/batch-job.ts';
import { claimLeaseMs } from '../../../src/domain/job/claim-request.ts';
import { wakeUpFor } from '../../../src/usecases/engine/wake-up.ts';
import { aFailure, aJob, aPending, inError, later, minute, now, untried } from '../../domain/job/builders.ts';

const failure = aFailure(1);
const claim: Claim = {
  token: 'T',
  origin: 'policy',
  attempt: { failure, firstDueAt: now, ...untried },
  baseline: inError(failure, now),
  claimedAt: now,
  dueAt: later(claimLeaseMs),
  isFateUnknown: false,
  polls: 0,
};
const queued = { id: 'QUEUED', at: later(1000), isDeadLettered: false };

test('a claim gets a wake-up of its own: one that is queued already would end its lease early', () => {
  const job = aJob({ phase: { kind: 'requesting', claim, before: idle }, wake: queued });
  for (const held of [undefined, queued.id]) {
    const wake = wakeUpFor(job, { kind: 'failure', failure }, claim, held, 'NEW');
    expect(wake).toEqual({ id: 'NEW', at: claim.dueAt, isDeadLettered: false });
  }
});

test('what else is due keeps a wake-up that comes in time', () => {
  const job = aJob({ pending: aPending(failure, { dueAt: later(minute) }), wake: queued });
  expect(wakeUpFor(job, { kind: 'failure', failure }, null, undefined, 'NEW')).toEqual(queued);
});
