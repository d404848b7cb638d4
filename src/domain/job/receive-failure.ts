import type { Failure } from '../failure.ts';
import { latest } from '../instants.ts';
import type { RetryPolicy } from '../retry-policy/retry-policy.ts';
import { advance } from './advance.ts';
import { type BatchJob, beginEpisode, idle, newJob, nextDueAt, openFailures } from './batch-job.ts';
import { countAccepted } from './claim-request.ts';
import { failureDecision } from './decision.ts';
import {
  changed,
  type Context,
  type Draft,
  type JobEvent,
  revise,
  type Transition,
  unchanged,
} from './job-event.ts';
import { isDecided, withFailedRun } from './failed-runs.ts';
import { decideByPolicy, makePending } from './pending.ts';
import { isAfter, isSameRun, isWithin, plausible } from './runs.ts';

/** Receives a failure: finds a duplicate, schedules the failure as the policy says, or handles it now. */
export function receiveFailure(
  known: BatchJob | null,
  { failure: given }: Extract<JobEvent, { kind: 'failure' }>,
  context: Context,
): Transition {
  if (known && context.isKnown) return duplicateOfKnown(known, given);
  const policy = context.policyFor(given);
  if (!policy) return unchanged('No policy entry lists this job.');
  const failure = { ...given, endedAt: plausible(given.endedAt, context.now) };
  const { description, legalEntity } = failure;
  const job = { ...(known ?? newJob(context.environment, failure)), description, legalEntity };
  if (isHandledAlready(job, failure.endedAt)) {
    const reason =
      'The service knows the failure of this run already, from another event or from a read of the job.';
    return changed({ job, decisions: [failureDecision(job, failure, 'duplicate', reason, { policy })] });
  }
  const noted = noteFailedRun(job, failure, policy, context);
  return decideOrAdvance(makePending(noted, failure, policy, context), context);
}

/** What a failed run shows of the runs before it, and of its episode. */
export function noteFailedRun(
  job: BatchJob,
  failure: Failure,
  policy: RetryPolicy,
  context: Context,
  isMoot = false,
): Draft {
  const newer = noteNewerRun({ job, decisions: [] }, failure, context);
  const isOld = endsBefore(failure, job);
  const current = isOld || isRequeueOpen(job) ? newer : inItsEpisode(newer, policy, context);
  return noteFailure(current, failure, context, isMoot);
}

/** Decides what needs no read, schedules what the policy delays, and handles the rest now. */
export function decideOrAdvance(draft: Draft, context: Context): Transition {
  const { pending, episode } = draft.job;
  if (!pending) return changed(draft);
  const decided = decideByPolicy(draft, pending, context);
  if (decided) return changed(decided);
  if (pending.dueAt <= context.now) return advance(draft, context, false);
  const { dueAt } = pending;
  const retry = episode.retriesUsed + 1;
  const reason = `Retry ${retry} of this episode waits until ${dueAt.toISOString()}, as the policy says.`;
  const details = { dueAt, policy: context.policyFor(pending.failure) };
  return changed(
    revise(draft, {}, failureDecision(draft.job, pending.failure, 'scheduled', reason, details)),
  );
}

function duplicateOfKnown(job: BatchJob, { eventId }: Failure): Transition {
  const isOpen = openFailures(job).some((open) => open.eventId === eventId);
  const dueAt = isOpen ? nextDueAt(job) : null;
  if (!dueAt) return unchanged('This event was received and decided before.');
  return unchanged(
    `This event was received before; the service processes its job again at ${dueAt.toISOString()}.`,
    dueAt,
  );
}

/** Whether the service handles the failure of this run already, whether an event or a read has shown it. */
export function isHandledAlready({ phase, pending, seen }: BatchJob, endedAt: Date | null): boolean {
  const inPhase =
    phase.kind === 'idle' ? null : phase.kind === 'requesting' ? phase.claim.baseline : phase.baseline;
  return (
    isSameRun(endedAt, inPhase?.failedRunEndedAt ?? null) ||
    (seen.learnedRun !== null && isWithin(seen.learnedRun, endedAt)) ||
    isSameRun(endedAt, pending?.failure.endedAt ?? null) ||
    isDecided(seen, endedAt)
  );
}

/** A newer run that failed proves that a request of unknown fate arrived. It also ends the followed run. */
function noteNewerRun(draft: Draft, { endedAt }: Failure, context: Context): Draft {
  const { phase } = draft.job;
  if (phase.kind === 'requesting' && phase.claim.isFateUnknown && isAfter(endedAt, phase.claim.baseline)) {
    const reason =
      "F&O's answer was lost; a newer run of the job failed, which shows that F&O set it to waiting.";
    return revise(countAccepted(draft, phase.claim, reason, null, context), { phase: idle });
  }
  return phase.kind === 'following' && isAfter(endedAt, phase.baseline)
    ? revise(draft, { phase: idle })
    : draft;
}

/**
 * A job that F&O keeps waiting, as batch active periods do, is not quiet. One that only waits for its schedule is.
 */
function isRequeueOpen({ phase, episode }: BatchJob): boolean {
  return phase.kind === 'following' && phase.origin === 'policy' && !episode.notStartedAnnounced;
}

/** Whether the run ended before one that failed, too: its event is late, and the job has failed no more since. */
function endsBefore({ endedAt }: Failure, { seen }: BatchJob): boolean {
  return endedAt !== null && seen.failedRunEndedAt !== null && endedAt <= seen.failedRunEndedAt;
}

/** A job that was quiet for `resetAfter` starts a new episode; one with an open failure is not quiet. */
function inItsEpisode(draft: Draft, { resetAfterMs }: RetryPolicy, { now }: Context): Draft {
  const { job } = draft;
  const { activeAt } = job.seen;
  const isOpen = job.pending !== null || job.phase.kind === 'requesting';
  if (isOpen || !activeAt || now.getTime() - activeAt.getTime() < resetAfterMs) return draft;
  const next = beginEpisode(job);
  return { ...draft, job: job.phase.kind === 'watching' ? { ...next, phase: idle } : next };
}

function noteFailure(draft: Draft, { endedAt, learned }: Failure, { now }: Context, isMoot: boolean): Draft {
  const { seen } = draft.job;
  return revise(draft, {
    seen: {
      ...seen,
      failureAt: now,
      activeAt: now,
      runEndedAt: latest(seen.runEndedAt, endedAt),
      failedRunEndedAt: latest(seen.failedRunEndedAt, endedAt),
      failedRuns: withFailedRun(seen, endedAt, { learned, isMoot }),
    },
  });
}
