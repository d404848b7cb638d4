import type { Admission } from '../policy/admit.ts';
import { type BatchJob, dueAt, failureAtHand } from '../policy/batch-job.ts';
import type { BatchJobKey, LedgerPage } from '../ports/ledger.ts';
import type { Work } from '../ports/work-queue.ts';
import { advanceJob } from './advance-job.ts';
import { Deadline } from './deadline.ts';
import type { Ports } from './ports.ts';
import { takeUpFailures } from './take-up-failures.ts';
import { tellDecisions } from './tell-decisions.ts';
import { tellUntold } from './tell-untold.ts';

/**
 * Takes up a job that the work queue handed out: what is untold of it, a due retry, a deferred one, a claim that
 * a dead process or a lost answer left, or the follow-up of a requeue. What is still to come afterwards is in the queue again before
 * this resolves. Rejects with LedgerUnavailable if the store cannot be reached: the work must come again.
 */
export function createTakeUpJob(ports: Ports, budgetMs: number) {
  return function takeUpJob(work: Work): Promise<void> {
    const { environment, jobId, dueAt } = work;
    const step = { name: 'take-up-job', environment, jobId, dueAt } as const;
    return ports.observer.step(
      step,
      () => takeUp(work),
      () => 'done',
    );
  };

  async function takeUp(work: Work): Promise<void> {
    const { environment, jobId } = work;
    const key: BatchJobKey = { environment, jobId };
    const arm = (job: BatchJob) => putNext(key, job);
    const deadline = new Deadline(ports.clock, budgetMs, ports.hurry);
    if (work.failures) return takeUpFailures(ports, key, work.failures, work.dueAt, arm, deadline);
    const read = await ports.ledger.read(key, null);
    const trace = read.job && failureAtHand(read.job)?.trace;
    if (trace) ports.observer.linkTo(trace);
    const page = await tellUntold(ports, key, read);
    const tooEarlyFor = dueLater(page.job, work, ports.clock.now());
    if (tooEarlyFor) {
      await ports.queue.put({ ...key, dueAt: tooEarlyFor });
      return;
    }
    const advanced = await advanceJob(ports, page, {
      key,
      eventId: null,
      admit: admitIfDue,
      arm,
      deadline,
    });
    if (advanced.kind === 'decided') tellDecisions(ports, environment, advanced.decided);
  }

  async function putNext(key: BatchJobKey, job: BatchJob): Promise<BatchJob> {
    const due = dueAt(job);
    if (due) await ports.queue.put({ ...key, dueAt: due });
    return { ...job, wakeAt: due };
  }
}

/**
 * When the job is due, if that is later and no later item is in the queue for it: so it is for the item that a
 * delivery left, if clocks differ, and after the 7 days that a queue keeps an item at most.
 */
function dueLater(job: BatchJob | null, work: Work, now: Date): Date | null {
  const due = job && dueAt(job);
  if (!due || due <= now) return null;
  return job.wakeAt && job.wakeAt > work.dueAt ? null : due;
}

function admitIfDue({ job }: LedgerPage, now: Date): Admission {
  const due = job && dueAt(job);
  if (!due || due > now) return { kind: 'duplicate', dueAt: due, reason: 'Nothing of this job is due.' };
  return { kind: 'admitted', job, decided: [] };
}
