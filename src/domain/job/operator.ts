import { type BatchJob, beginEpisode, idle, newJob } from './batch-job.ts';
import { baselineFrom, claimRequest } from './claim-request.ts';
import { operatorDecision } from './decision.ts';
import {
  changed,
  type Context,
  type Draft,
  type OperatorEvent,
  revise,
  type Transition,
  unchanged,
} from './job-event.ts';
import { makePending } from './pending.ts';
import { decideOrAdvance } from './receive-failure.ts';

/** Does what an operator asks for, and records who asked and why. */
export function operate(known: BatchJob | null, event: OperatorEvent, context: Context): Transition {
  if (context.isKnown) return unchanged('This was requested before: the history shows the outcome.');
  switch (event.action) {
    case 'retry':
      return retry(known, event, context);
    case 'set-to-waiting':
      return setToWaiting(known, event, context);
    case 'pause': {
      const { by, reason } = event;
      const job = known ?? newJob(context.environment, event.failure);
      const draft = recordOf(job, event, context);
      return changed(revise(draft, { paused: { at: context.now, by, reason } }));
    }
    case 'resume':
    case 'reset': {
      if (!known) return unchanged('The service has no record of this job.');
      const draft = recordOf(known, event, context);
      return changed(event.action === 'resume' ? revise(draft, { paused: null }) : reset(draft, context));
    }
  }
}

/** Retries any job that the policy lists, whether or not it has a record. */
function retry(known: BatchJob | null, event: OperatorEvent, context: Context): Transition {
  const policy = context.policyFor(event.failure);
  if (!policy) return unchanged('No policy entry lists this job.');
  const job = known ?? newJob(context.environment, event.failure);
  const failure = { ...event.failure, endedAt: job.seen.failedRunEndedAt };
  return decideOrAdvance(makePending(recordOf(job, event, context), failure, policy, context, true), context);
}

/** Sends F&O's action, whatever policy and budget say. Reads the baseline first, as before every request. */
function setToWaiting(known: BatchJob | null, event: OperatorEvent, context: Context): Transition {
  const { read } = context;
  if (known?.phase.kind === 'requesting') {
    const dueAt = known.phase.claim.dueAt;
    const reason = `A request for this job is under way or unsettled; the service processes the job again at ${dueAt.toISOString()}.`;
    return unchanged(reason, dueAt);
  }
  if (!read) return { kind: 'read' };
  if (read.kind !== 'found') return unchanged('The service could not read the job in F&O.');
  const { description, legalEntity, endedAt } = read.observation;
  const failure = { ...event.failure, description, legalEntity, endedAt };
  const job = { ...(known ?? newJob(context.environment, failure)), description, legalEntity };
  const attempt = {
    failure,
    firstDueAt: context.now,
    deferrals: 0,
    http500s: 0,
    unshown: 0,
    unproven: 0,
    unknownSince: null,
    askedByOperator: true,
  };
  const baseline = baselineFrom(read.observation, null);
  const { draft, claim } = claimRequest(
    recordOf(job, event, context),
    'operator',
    attempt,
    baseline,
    context,
  );
  return changed(draft, claim);
}

/** An unsettled request counts in the new episode, once it is known that F&O accepted it. */
function reset({ job, decisions }: Draft, { now }: Context): Draft {
  const { phase, pending } = job;
  const isOpen = pending !== null || phase.kind === 'requesting' || phase.kind === 'following';
  const next = beginEpisode(job);
  const episode = { ...next.episode, startedAt: isOpen ? now : null };
  if (!isOpen) return { decisions, job: { ...next, episode, phase: idle, lastOutcome: null } };
  return { decisions, job: { ...next, episode } };
}

function recordOf(job: BatchJob, { action, by, reason, failure }: OperatorEvent, context: Context): Draft {
  const policy = context.policyFor(failure);
  const asked = operatorDecision(job, failure, action, reason, { by, policy });
  return { job, decisions: [asked] };
}
