import { admit } from '../policy/admit.ts';
import type { Decision } from '../policy/decision.ts';
import type { Failure } from '../policy/failure.ts';
import type { RetryPolicy } from '../policy/retry-policy.ts';
import type { BatchJobKey } from '../ports/ledger.ts';
import { type Advanced, advanceJob } from './advance-job.ts';
import { armDelivered, lookAgainMs } from './arm-delivered.ts';
import type { Deadline } from './deadline.ts';
import type { Ports } from './ports.ts';
import { tellDecision, tellDecisions } from './tell-decisions.ts';

/** Decides a delivered failure of a listed job. */
export async function receiveFailure(
  ports: Ports,
  environment: string,
  failure: Failure,
  policy: RetryPolicy,
  deadline: Deadline,
): Promise<Decision> {
  const advanced = await advanceWith(ports, environment, failure, policy, deadline);
  if (advanced.kind === 'duplicate') {
    const { dueAt, reason } = advanced;
    return tellDecision(ports, environment, failure, { decision: 'duplicate', retry: null, dueAt, reason });
  }
  const decisions = tellDecisions(ports, environment, advanced.decided);
  const decision = decisions.findLast(({ eventId }) => eventId === failure.eventId);
  if (decision) return decision;
  // Only a clock that is set back meanwhile leads here: what was due then is not due any more.
  const dueAt = ports.clock.now();
  const reason = 'This event was received before; its job is looked at again soon.';
  return tellDecision(ports, environment, failure, { decision: 'duplicate', retry: null, dueAt, reason });
}

/** The work queue will look at the job later before anything is written of it: whatever happens to this process. */
async function advanceWith(
  ports: Ports,
  environment: string,
  failure: Failure,
  policy: RetryPolicy,
  deadline: Deadline,
): Promise<Advanced> {
  const key: BatchJobKey = { environment, jobId: failure.jobId };
  const sends = policy.mode === 'retry';
  const wakeAt = new Date(ports.clock.now().getTime() + lookAgainMs);
  const [page] = await Promise.all([
    ports.ledger.read(key, failure.eventId),
    sends ? ports.queue.put({ ...key, dueAt: wakeAt }) : null,
  ]);
  return advanceJob(ports, page, {
    key,
    eventId: failure.eventId,
    admit: ({ job, seen }, now) => admit(job, seen, environment, failure, policy, now),
    arm: (job) => (sends ? armDelivered(ports, key, job, wakeAt) : Promise.resolve(job)),
    deadline,
  });
}
