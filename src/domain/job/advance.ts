import { addMs, latest } from '../instants.ts';
import type { NotTaken, Observation } from '../outcome.ts';
import { idle, type Pending, type Requesting } from './batch-job.ts';
import { failureDecision, runDecision } from './decision.ts';
import { defer, deferralOf, type Deferral, recordDeferral } from './defer.ts';
import { pollLater, pollRun } from './following.ts';
import { changed, type Context, type Draft, type NotRead, revise, type Transition } from './job-event.ts';
import { decideByPolicy, handlePending, makePending } from './pending.ts';
import { deferReconciling, reconcileClaim } from './reconcile-claim.ts';
import { plausible } from './runs.ts';
import { pollWatch, watchOn } from './watching.ts';

/** F&O has deleted a job if it answers 404 for this long, in ms. */
const goneAfterMs = 55_000;
export const goneAgainMs = 60_000;

/**
 * Does what is due for a job: reconciles a claim whose lease has ended, polls the followed run, and handles the
 * pending failure. It reads the job in F&O before it does any of these.
 */
export function advance(draft: Draft, context: Context, hasLeaseEnded: boolean): Transition {
  const { phase, pending } = draft.job;
  if (phase.kind === 'requesting' && !hasLeaseEnded) return changed(waitBehindClaim(draft, phase, context));
  if (phase.kind === 'requesting') return readThen(draft, context);
  const decided = isDue(pending, context) && decideByPolicy(draft, pending, context);
  if (decided) return advance(decided, context, hasLeaseEnded);
  const isPollDue = phase.kind !== 'idle' && phase.nextPollAt <= context.now;
  return isPollDue || isDue(pending, context) ? readThen(draft, context) : changed(draft);
}

function isDue(pending: Pending | null, { now }: Context): pending is Pending {
  return pending !== null && pending.dueAt <= now;
}

function readThen(draft: Draft, context: Context): Transition {
  const { read } = context;
  if (!read) return { kind: 'read' };
  switch (read.kind) {
    case 'found':
      return processObservation(found(draft), withPlausibleTimes(read.observation, context.now), context);
    case 'not-found':
      return changed(notFound(draft, context));
    default:
      return changed(deferUnread(draft, read, context));
  }
}

/** Polls the phase first: the observation may end the episode or reveal a failure. */
function processObservation(draft: Draft, observed: Observation, context: Context): Transition {
  const { learned, ...polled } = pollPhase(draft, observed, context);
  const policy = learned ? context.policyFor(learned) : null;
  const informed = learned ? makePending(polled, learned, policy, context) : polled;
  const { pending, phase } = informed.job;
  if (!pending || phase.kind === 'requesting') return changed(informed);
  const decided = decideByPolicy(informed, pending, context);
  if (decided) return changed(decided);
  if (!isDue(pending, context)) return changed(informed);
  const entry = context.policyFor(pending.failure);
  if (!entry) throw new Error('No policy entry lists the failure that the policy must decide.');
  return handlePending(informed, pending, entry, observed, context);
}

function pollPhase(draft: Draft, observed: Observation, context: Context): Draft {
  const { phase } = draft.job;
  switch (phase.kind) {
    case 'idle':
      return draft;
    case 'requesting': {
      const reconciled = reconcileClaim(draft, phase, observed, context);
      return reconciled.job.phase.kind === 'requesting'
        ? reconciled
        : pollPhase(reconciled, observed, context);
    }
    case 'following':
      return pollRun(draft, phase, observed, context);
    case 'watching': {
      const watched = pollWatch(draft, phase, observed, context);
      return watched.job.phase.kind === 'following' ? pollPhase(watched, observed, context) : watched;
    }
  }
}

/** Defers a newer failure while an earlier request is under way, or its fate is unknown. */
function waitBehindClaim(draft: Draft, { claim }: Requesting, context: Context): Draft {
  const { pending } = draft.job;
  if (!pending) return draft;
  const dueAt = latest(claim.dueAt, pending.dueAt) ?? claim.dueAt;
  const deferral: Deferral = {
    dueAt,
    cause: 'fate-unknown',
    sentence: 'A request for an earlier failure of this job is still unsettled.',
    answer: null,
    needsPerson: false,
  };
  const waiting = revise(draft, { pending: { ...pending, dueAt, waits: 'deferral' } });
  return recordDeferral(waiting, pending.failure, deferral, context, draft.job);
}

function deferUnread(draft: Draft, outcome: NotTaken | NotRead, context: Context): Draft {
  const { phase, pending } = draft.job;
  if (phase.kind === 'requesting') return deferReconciling(draft, phase, outcome, context);
  const polled =
    phase.kind === 'following'
      ? pollLater(draft, phase, outcome, context)
      : phase.kind === 'watching'
        ? watchOn(draft, phase, context)
        : draft;
  if (!isDue(pending, context)) return polled;
  return defer(polled, pending, deferralOf(outcome, pending.deferrals, context), context);
}

function found(draft: Draft): Draft {
  const { seen } = draft.job;
  return seen.notFoundSinceAt === null ? draft : revise(draft, { seen: { ...seen, notFoundSinceAt: null } });
}

/** Clean-up jobs of F&O delete batch jobs. One 404 may be a fault; a second one a minute later is proof. */
function notFound(draft: Draft, context: Context): Draft {
  const { seen } = draft.job;
  const { now } = context;
  const since = seen.notFoundSinceAt;
  if (since && now.getTime() - since.getTime() >= goneAfterMs) return gone(draft, context);
  const noted = revise(draft, { seen: { ...seen, notFoundSinceAt: since ?? now } });
  const dueAt = addMs(now, goneAgainMs);
  const { phase, pending } = draft.job;
  const again =
    phase.kind === 'requesting'
      ? revise(noted, { phase: { ...phase, claim: { ...phase.claim, dueAt, isFateUnknown: true } } })
      : phase.kind === 'idle'
        ? noted
        : revise(noted, { phase: { ...phase, nextPollAt: dueAt } });
  if (!isDue(pending, context)) return again;
  const sentence = 'F&O answers that it has no such batch job.';
  const deferral: Deferral = { dueAt, cause: 'not-found', sentence, answer: null, needsPerson: false };
  return recordDeferral(
    revise(again, { pending: { ...pending, dueAt, waits: 'deferral' } }),
    pending.failure,
    deferral,
    context,
    draft.job,
  );
}

/** Ends what is open for a deleted job. Announces nothing. */
function gone(draft: Draft, context: Context): Draft {
  const { job } = draft;
  const { phase, pending } = job;
  const open = [
    phase.kind === 'requesting' ? phase.claim.attempt.failure : [],
    pending?.failure ?? [],
  ].flat();
  const reason = 'F&O no longer has a batch job with this id: the service does nothing more.';
  const decisions = open.map((failure) =>
    failureDecision(job, failure, 'gone', reason, { policy: context.policyFor(failure) }),
  );
  const run =
    phase.kind === 'following' && phase.origin !== 'others'
      ? [runDecision(job, phase.failure, 'gone', reason, { retry: phase.retry })]
      : [];
  return revise(draft, { phase: idle, pending: null }, ...run, ...decisions);
}

function withPlausibleTimes(observed: Observation, now: Date): Observation {
  const { startedAt, endedAt } = observed;
  return { ...observed, startedAt: plausible(startedAt, now), endedAt: plausible(endedAt, now) };
}
