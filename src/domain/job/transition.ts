import { addMs } from '../instants.ts';
import { advance } from './advance.ts';
import { type BatchJob, type Claim, emptyOutbox, isLeased, nextDueAt } from './batch-job.ts';
import { noteCause } from './cause-found.ts';
import { deferDenied, settle } from './claim-request.ts';
import { changed, type Context, type JobEvent, type Transition, unchanged } from './job-event.ts';
import { learnRun } from './learn-run.ts';
import { noteUnusual } from './note-unusual.ts';
import { operate } from './operator.ts';
import { receiveFailure } from './receive-failure.ts';
import { countLate } from './reconcile-claim.ts';
import { reportRun } from './report-run.ts';
import { noteRequeuedRun } from './requeued-run.ts';

/** The lease of the process that publishes the outbox, in ms. */
const publishLeaseMs = 30_000;

/** The job's state machine: returns the new record, the decisions, and what to do next. Pure. */
export function transition(job: BatchJob | null, event: JobEvent, context: Context): Transition {
  const step = stepOf(job, event, context);
  return step.kind === 'changed' ? { ...step, job: noteRequeuedRun(job, step.job) } : step;
}

function stepOf(job: BatchJob | null, event: JobEvent, context: Context): Transition {
  switch (event.kind) {
    case 'failure':
      return receiveFailure(job, event, context);
    case 'run-reported':
      return reportRun(job, event, context);
    case 'run-learned':
      return learnRun(job, event, context);
    case 'run-unusual':
      return noteUnusual(job, event, context);
    case 'operator':
      return operate(job, event, context);
    default:
      return job ? ofRecord(job, event, context) : unchanged('The job has no record.');
  }
}

type EventOfRecord = Exclude<
  JobEvent,
  { kind: 'failure' | 'run-reported' | 'run-learned' | 'run-unusual' | 'operator' }
>;

function ofRecord(job: BatchJob, event: EventOfRecord, context: Context): Transition {
  const draft = { job, decisions: [] };
  switch (event.kind) {
    case 'woken':
      return wakeUp(job, event, context);
    case 'permit-denied': {
      const phase = phaseOf(job, event.claim);
      return phase ? changed(deferDenied(draft, phase, event, context)) : settledByOther;
    }
    case 'answered': {
      const { claim, outcome } = event;
      const phase = phaseOf(job, claim);
      const settled = phase
        ? settle(draft, phase, outcome, context)
        : countLate(draft, claim, outcome, context);
      return settled ? changed(settled) : settledByOther;
    }
    case 'dead-lettered':
      if (event.wakeId === null) {
        return changed({ ...draft, job: { ...job, outbox: { ...job.outbox, isDeadLettered: true } } });
      }
      if (job.wake?.id !== event.wakeId) return unchanged('The dead letter is stale.');
      return changed({ ...draft, job: { ...job, wake: { ...job.wake, isDeadLettered: true } } });
    case 'publishing': {
      const { messages, leaseUntil } = job.outbox;
      if (messages.length === 0) return unchanged('The outbox is empty.');
      if (leaseUntil && leaseUntil > context.now) return unchanged('Another process publishes.', leaseUntil);
      const outbox = { messages, leaseUntil: addMs(context.now, publishLeaseMs), isDeadLettered: false };
      return changed({ ...draft, job: { ...job, outbox } });
    }
    case 'cause-found':
      return noteCause(job, event, context);
    case 'published': {
      const messages = job.outbox.messages.filter(({ id }) => !event.ids.has(id));
      return changed({ ...draft, job: { ...job, outbox: { ...emptyOutbox, messages } } });
    }
  }
}

const settledByOther = unchanged('Another process has settled the claim.');

function phaseOf({ phase }: BatchJob, claim: Claim) {
  return phase.kind === 'requesting' && phase.claim.token === claim.token ? phase : null;
}

/**
 * Only the wake-up that the record names counts. Its delivery by the queue proves that its time has come, and that
 * the lease of a claim has ended: no clock of ours decides.
 */
function wakeUp(job: BatchJob, event: Extract<JobEvent, { kind: 'woken' }>, context: Context): Transition {
  if (job.wake?.id !== event.wakeId) return unchanged('The wake-up is stale: the record names another one.');
  const dueAt = nextDueAt(job);
  if (!dueAt) return unchanged('Nothing of this job is due.');
  const now = event.dueAt > context.now ? event.dueAt : context.now;
  const draft = { job, decisions: [] };
  if (!isLeased(job) && dueAt > now) {
    // The record must say when the wake-up comes, so that a failure that is due earlier gets one of its own.
    const isKept = job.wake.at.getTime() === dueAt.getTime();
    return isKept ? unchanged('Nothing of this job is due yet.', dueAt) : changed(draft);
  }
  return advance(draft, { ...context, now }, true);
}
