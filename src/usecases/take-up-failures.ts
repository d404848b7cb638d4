import pMap from 'p-map';
import { type Admission, admit } from '../policy/admit.ts';
import type { BatchJob } from '../policy/batch-job.ts';
import type { Failure } from '../policy/failure.ts';
import { addMs } from '../policy/instants.ts';
import type { BatchJobKey } from '../ports/ledger.ts';
import { advanceJob } from './advance-job.ts';
import type { Deadline } from './deadline.ts';
import { paceMs } from './keep-for-later.ts';
import type { Ports } from './ports.ts';
import { tellDecision, tellDecisions } from './tell-decisions.ts';

/** Failures that are put at once. */
const concurrency = 8;

/**
 * Takes up failures that were kept in the work queue when they came: several are put into it again, each for its
 * own time.
 */
export async function takeUpFailures(
  ports: Ports,
  key: BatchJobKey,
  failures: readonly Failure[],
  dueAt: Date,
  arm: (job: BatchJob) => Promise<BatchJob>,
  deadline: Deadline,
): Promise<void> {
  const [first] = failures;
  if (first && failures.length === 1) {
    await takeUpFailure(ports, key, first, arm, deadline);
    return;
  }
  const { environment } = key;
  await pMap(
    failures,
    (failure, turn) =>
      ports.queue.put({
        environment,
        jobId: failure.jobId,
        dueAt: addMs(dueAt, turn * paceMs(ports)),
        failures: [failure],
      }),
    { concurrency },
  );
}

/**
 * Decides a failure. It was delayed, so its job's status is read before a requeue. Taken up a second time it is a
 * duplicate.
 */
async function takeUpFailure(
  ports: Ports,
  key: BatchJobKey,
  failure: Failure,
  arm: (job: BatchJob) => Promise<BatchJob>,
  deadline: Deadline,
): Promise<void> {
  const { environment } = key;
  const tell = (decision: 'ignored' | 'duplicate', dueAt: Date | null, reason: string) =>
    tellDecision(ports, environment, failure, { decision, retry: null, dueAt, reason });

  const policy = ports.policyFor(environment, failure);
  if (!policy) {
    tell('ignored', null, 'No policy entry lists this job any more.');
    return;
  }
  const { eventId, trace } = failure;
  if (trace) ports.observer.linkTo(trace);
  const advanced = await advanceJob(ports, await ports.ledger.read(key, eventId), {
    key,
    eventId,
    admit: ({ job, seen }, now) => statusFirst(admit(job, seen, environment, failure, policy, now)),
    arm,
    deadline,
  });
  if (advanced.kind === 'decided') tellDecisions(ports, environment, advanced.decided);
  else tell('duplicate', advanced.dueAt, advanced.reason);
}

function statusFirst(admission: Admission): Admission {
  if (admission.kind === 'duplicate' || !admission.job.waiting) return admission;
  const waiting = { ...admission.job.waiting, statusFirst: true };
  return { ...admission, job: { ...admission.job, waiting } };
}
