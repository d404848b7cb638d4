import type { Attempt, BatchJob, Claim } from '../../../src/domain/job/batch-job.ts';
import { idle } from '../../../src/domain/job/batch-job.ts';
import type { SetToWaitingOutcome } from '../../../src/domain/outcome.ts';
import { action } from './action.ts';
import { aFailure, aJob, answer, inError, later, minute, now, untried } from './builders.ts';

export const failure = aFailure(8);
export const baseline = inError(failure, later(-minute));

export const attempt: Attempt = { failure, firstDueAt: later(-minute), ...untried };

export const taken: SetToWaitingOutcome = { kind: 'taken', answer, action };

export type Sent = { job: BatchJob; claim: Claim };

/** A job whose request was sent a minute ago. */
export function requesting(more: Partial<Claim> = {}, given: Partial<BatchJob> = {}): Sent {
  const claim: Claim = {
    token: 'of the request',
    origin: 'policy',
    attempt,
    baseline,
    claimedAt: later(-minute),
    dueAt: now,
    isFateUnknown: true,
    polls: 0,
    ...more,
  };
  const wake = { id: 'W', at: now, isDeadLettered: false };
  return { job: aJob({ phase: { kind: 'requesting', claim, before: idle }, wake, ...given }), claim };
}
