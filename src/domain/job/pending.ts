import type { Failure } from '../failure.ts';
import { addMs, latest } from '../instants.ts';
import type { Observation } from '../outcome.ts';
import { delayMs } from '../retry-policy/delays.ts';
import type { RetryPolicy } from '../retry-policy/retry-policy.ts';
import { type BatchJob, endEpisode, type Pending } from './batch-job.ts';
import { baselineFrom, claimRequest } from './claim-request.ts';
import { failureDecision } from './decision.ts';
import { baselineOf, defer, type Deferral, refuse, supersededBy, watch } from './defer.ts';
import { changed, type Context, type Draft, revise, type Transition } from './job-event.ts';
import { hasNewerRun, isNewer, isRunAfter, isSameRun, isWaiting, latestRunAt } from './runs.ts';
import { afterSilentRuns } from './silent-runs.ts';
import { judge, type StandsRow } from './stands.ts';
import { followOthers } from './watching.ts';

/**
 * How often the service reads a job again that does not show yet what its event reported, and how many ms it waits
 * between. It counts reads, so no clock of ours decides.
 */
export const maxUnshown = 10;
export const showsAgainMs = 30_000;

/** Makes a failure the pending one. If another is pending already, the newer one stays and supersedes the other. */
export function makePending(
  draft: Draft,
  failure: Failure,
  policy: RetryPolicy | null,
  { now }: Context,
  askedByOperator = false,
): Draft {
  const { job } = draft;
  const { retriesUsed } = job.episode;
  const isUsedUp = policy === null || retriesUsed >= policy.maxRetries;
  const dueAt = isUsedUp || askedByOperator ? now : addMs(now, delayMs(policy, retriesUsed));
  const pending: Pending = {
    failure,
    firstDueAt: dueAt,
    dueAt,
    deferrals: 0,
    http500s: 0,
    unshown: 0,
    unproven: 0,
    unknownSince: null,
    askedByOperator,
    waits: 'delay',
  };
  const episode = { ...job.episode, startedAt: job.episode.startedAt ?? now };
  const waiting = job.pending?.failure;
  if (!waiting) return revise(draft, { pending, episode });
  if (isNewer(waiting.endedAt, failure.endedAt))
    return revise(draft, {}, supersededBy(job, failure, waiting));
  const seen = { ...job.seen, endedWithoutEvent: null };
  return revise(draft, { pending, episode, seen }, supersededBy(job, waiting, failure));
}

/** Decides what the policy or a pause settles without a read of F&O; null if a requeue may be due. */
export function decideByPolicy(draft: Draft, { failure }: Pending, context: Context): Draft | null {
  const { job } = draft;
  const policy = context.policyFor(failure);
  if (!policy) {
    const reason = 'No policy entry lists this job any more.';
    return revise(draft, { pending: null }, failureDecision(job, failure, 'ignored', reason));
  }
  if (policy.mode === 'off' || policy.mode === 'observe') {
    const what = policy.mode === 'off' ? 'is off' : 'only observes: nothing was sent';
    const reason = `Policy entry "${policy.name}" ${what}.`;
    return revise(draft, { pending: null }, failureDecision(job, failure, 'ignored', reason, { policy }));
  }
  if (policy.mode === 'shadow') {
    const reason = `Policy entry "${policy.name}" is in shadow mode: it would have requeued the job, and nothing was sent.`;
    const retry = job.episode.retriesUsed + 1;
    return revise(
      draft,
      { pending: null },
      failureDecision(job, failure, 'shadow', reason, { policy, retry }),
    );
  }
  if (!job.paused) return null;
  const reason = `The job has been paused since ${job.paused.at.toISOString()}: nothing was sent.`;
  const phase = job.phase.kind === 'idle' ? watch(failure, baselineOf(failure), context.now) : job.phase;
  const seen = { ...job.seen, endedWithoutEvent: null };
  return revise(
    draft,
    { pending: null, phase, seen },
    failureDecision(job, failure, 'paused', reason, { policy }),
  );
}

/** Handles the due failure by what a read shows: claims a requeue, or decides why none is needed. */
export function handlePending(
  draft: Draft,
  pending: Pending,
  policy: RetryPolicy,
  observed: Observation,
  context: Context,
): Transition {
  const row = judge(pending.failure.endedAt, observed, context.now, pending.unshown < maxUnshown);
  if (row.verdict === 'not yet') {
    const unshown = pending.unshown + 1;
    return changed(defer(draft, { ...pending, unshown }, notShown(row, observed, context), context));
  }
  if (row.verdict === 'not known') {
    const reason = `The job is ${observed.status} in F&O: ${row.meaning}, nothing was sent.`;
    return changed(refuse(draft, pending, reason, null, context));
  }
  if (row.verdict !== 'stands') return changed(supersede(draft, pending, row, observed, policy, context));

  const failedRunEndedAt = endOfFailedRun(pending.failure, observed);
  const failure = { ...pending.failure, endedAt: failedRunEndedAt };
  const why = pending.askedByOperator
    ? unknownFailure(pending, observed)
    : (alreadyRequeued(draft.job, failedRunEndedAt, observed) ??
      ranSince(draft.job, failedRunEndedAt, observed));
  if (why !== null) {
    const made = failureDecision(draft.job, failure, 'superseded', why, { policy });
    return changed(revise(draft, { pending: null }, made));
  }
  const inEpisode = afterSilentRuns(draft, failure, policy, observed, context);
  const { waits: _waits, dueAt: _dueAt, ...attempt } = pending;
  const ready = revise(inEpisode, { pending: null });
  const baseline = baselineFrom(observed, failedRunEndedAt);
  if (ready.job.episode.retriesUsed >= policy.maxRetries) {
    return changed(exhaust(ready, failure, policy, watch(failure, baseline, context.now)));
  }
  const claimed = claimRequest(ready, 'policy', { ...attempt, failure }, baseline, context);
  return changed(claimed.draft, claimed.claim);
}

function notShown({ meaning }: StandsRow, { status }: Observation, { now }: Context): Deferral {
  const sentence = `The job is ${status} in F&O: ${meaning}.`;
  return { dueAt: addMs(now, showsAgainMs), cause: 'not-shown', sentence, answer: null, needsPerson: false };
}

/** A failure that stands belongs to F&O's latest run. If F&O shows a later end of it, that end counts. */
function endOfFailedRun({ endedAt }: Failure, observed: Observation): Date | null {
  if (endedAt === null) return observed.endedAt;
  return isNewer(observed.endedAt, endedAt) ? observed.endedAt : endedAt;
}

/** F&O's clock may go back during a run: a run that started after the request counts as newer, whatever its end. */
function alreadyRequeued(
  { seen, phase }: BatchJob,
  failedRunEndedAt: Date | null,
  observed: Observation,
): string | null {
  const { servedUntilAt } = seen;
  const isServed = failedRunEndedAt !== null && servedUntilAt !== null && failedRunEndedAt <= servedUntilAt;
  const hasRun = phase.kind === 'following' && hasNewerRun(observed, phase.baseline);
  return isServed && !hasRun
    ? 'F&O has accepted a requeue since this run ended: the service sends nothing more for it.'
    : null;
}

/**
 * A recurring job waits after every run. Where F&O shows no times of its runs, its events show a newer one, or a search
 * has shown it.
 */
function ranSince({ seen }: BatchJob, failedRunEndedAt: Date | null, observed: Observation): string | null {
  const showsNewerRuns = !isWaiting(observed.status) || latestRunAt(observed) !== null;
  if (showsNewerRuns) return null;
  if (isNewer(seen.finishedRunEndedAt, failedRunEndedAt)) {
    return 'F&O reported a newer run of the job that ended well: nothing was sent.';
  }
  if (seen.learnedFinish && isRunAfter(seen.learnedFinish, failedRunEndedAt)) {
    return 'F&O has shown a newer run of the job that ended well: nothing was sent.';
  }
  return isNewer(seen.startedRunAt, failedRunEndedAt)
    ? 'F&O reported that the job has started again since: nothing was sent.'
    : null;
}

/** An operator retries a waiting job only for a failure that the service knows. */
function unknownFailure({ failure }: Pending, { status }: Observation): string | null {
  if (failure.endedAt !== null || status === 'Error') return null;
  return `The job is ${status} in F&O, and the service knows no failure of it: nothing was sent.`;
}

function exhaust(draft: Draft, failure: Failure, policy: RetryPolicy, phase: BatchJob['phase']): Draft {
  const { job } = draft;
  const { maxRetries } = policy;
  const used = maxRetries === 1 ? 'The one retry' : `All ${maxRetries} retries`;
  const reason = `${used} of this episode ${maxRetries === 1 ? 'is' : 'are'} used: nothing was sent, a person must look.`;
  const isAnnounced = (job.episode.exhaustionAnnouncedAtMax ?? 0) >= maxRetries;
  const episode = { ...job.episode, exhaustionAnnouncedAtMax: maxRetries };
  const notify = isAnnounced ? null : 'exhausted';
  return revise(
    draft,
    { phase, episode },
    failureDecision(job, failure, 'exhausted', reason, { policy, notify }),
  );
}

/** Drops the failure without a request. The service follows a newer run, or ends the episode. */
function supersede(
  draft: Draft,
  { failure }: Pending,
  { verdict, meaning }: StandsRow,
  observed: Observation,
  policy: RetryPolicy,
  context: Context,
): Draft {
  const { job } = draft;
  const reason = `The job is ${observed.status} in F&O: ${meaning}; nothing was sent.`;
  const made = failureDecision(job, failure, 'superseded', reason, { policy });
  const seen = {
    ...job.seen,
    endedWithoutEvent: null,
    runEndedAt: latest(job.seen.runEndedAt, observed.endedAt),
  };
  const settled = revise(draft, { pending: null, seen: { ...job.seen, endedWithoutEvent: null } }, made);
  const hasFinished = isSameRun(job.seen.finishedRunEndedAt, observed.endedAt);
  switch (verdict === 'runs' && hasFinished ? 'healed' : verdict) {
    case 'runs': {
      if (job.phase.kind === 'following') return settled;
      const baseline = baselineFrom(observed, failure.endedAt);
      return { ...settled, job: followOthers(settled.job, { failure, baseline }, context) };
    }
    case 'healed':
    case 'taken-out':
      return { ...settled, job: endEpisode({ ...settled.job, seen }) };
    default:
      return settled;
  }
}
