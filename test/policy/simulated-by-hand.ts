import { newJob } from '../../src/policy/admit.ts';
import type { BatchJob, Decided } from '../../src/policy/batch-job.ts';
import { claimByHand, reset, retryByHand } from '../../src/policy/by-hand.ts';
import type { Failure } from '../../src/policy/failure.ts';
import type { Step } from '../../src/policy/next-step.ts';
import type { RetryPolicy } from '../../src/policy/retry-policy.ts';
import { jobId } from './builders.ts';
import type { SimulatedFno } from './simulated-fno.ts';

/** What a person may ask for. */
export const byHandActions = ['pause', 'resume', 'reset', 'retry', 'set to waiting'] as const;

export type ByHandAction = (typeof byHandActions)[number];

type Asked = {
  fno: SimulatedFno;
  /** Null while no entry lists the job. */
  policy: RetryPolicy | null;
  /** Tells this request by hand from every other. */
  id: string;
  now: Date;
};

type Written = { step: Exclude<Step, { kind: 'read-status' }>; decided: Decided[] };

/** What is to be written of a request by hand, or null if it changes nothing. */
export function askByHand(action: ByHandAction, job: BatchJob | null, asked: Asked): Written | null {
  const { policy, id, now } = asked;
  const named = { jobId, description: 'Nightly posting', legalEntity: 'USMF' };
  const failure: Failure = {
    eventId: `BY-HAND-${id}`,
    ...named,
    endedAt: job ? null : asked.fno.read().endedAt,
    controlNumber: null,
  };
  const known = job ?? newJob('default', named);
  switch (action) {
    case 'pause':
      return rest({ ...known, paused: { at: now, by: 'Ann', reason: 'Month end' } });
    case 'resume':
      return job && rest({ ...job, paused: null });
    case 'reset':
      return job && rest(reset(job, now));
    case 'retry': {
      if (!policy) return null;
      const { job: admitted, decided } = retryByHand(job, 'default', failure, policy, now);
      return rest(admitted, decided);
    }
    case 'set to waiting': {
      if (known.claim) return null;
      const claim = claimByHand(known, failure, id, now);
      return { step: { kind: 'request', job: { ...known, claim }, claim, decided: [] }, decided: [] };
    }
  }
}

function rest(job: BatchJob, decided: Decided[] = []): Written {
  return { step: { kind: 'rest', job, decided }, decided };
}
