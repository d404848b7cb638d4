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

/** A job is gone once F&O has answered 404 for it for so long, in ms. */
const goneAfterMs = 55_000;
export const goneAgainMs = 60_000;

/**
 * Does what is due for a job: settles a claim whose lease is over, polls the run that is followed, and handles the
 * failure that is pending. Whatever is due, F&O is asked first.
 */
export function advance(draft: Draft, context: Context, isLeaseOver: boolean): Transition {
  const { phase, pending } = draft.job;
  if (phase.kind === 'requesting' && !isLeaseOver) return changed(waitBehindClaim(draft, phase, context));
  if (phase.kind === 'requesting') return readThen(draft, context);
  const decided = isDue(pending, context) && decideByPolicy(draft, pending, context);
  if (decided) return advance(decided, context, isLeaseOver);
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
      return goOn(found(draft), withPlausibleTimes(read.observation, context.now), context);
    case 'not-found':
      return changed(notFound(draft, context));
    default:
      return changed(putOff(draft, read, context));
  }
}

/** The phase takes the observation first: what it shows may end the episode or bring a failure. */
function goOn(draft: Draft, observed: Observation, context: Context): Transition {
  const { learned, ...polled } = pollPhase(draft, observed, context);
  const policy = learned ? context.policyFor(learned) : null;
  const informed = learned ? makePending(polled, learned, policy, context) : polled;
  const { pending, phase } = informed.job;
  if (!pending || phase.kind === 'requesting') return changed(informed);
  const decided = decideByPolicy(informed, pending, context);
  if (decided) return changed(decided);
  if (!isDue(pending, context)) return changed(informed);
  const entry = context.policyFor(pending.failure);
  if (!entry) throw new Error('A failure that no entry lists was to be decided by the policy.');
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

/** A newer failure waits for the request that is under way, or whose fate is not known. */
function waitBehindClaim(draft: Draft, { claim }: Requesting, context: Context): Draft {
  const { pending } = draft.job;
  if (!pending) return draft;
  const dueAt = latest(claim.dueAt, pending.dueAt) ?? claim.dueAt;
  const deferral: Deferral = {
    dueAt,
    cause: 'fate-unknown',
    said: 'A request for an earlier failure of this job is not settled yet.',
    answer: null,
    needsPerson: false,
  };
  const waiting = revise(draft, { pending: { ...pending, dueAt, waits: 'deferral' } });
  return recordDeferral(waiting, pending.failure, deferral, context, draft.job);
}

function putOff(draft: Draft, outcome: NotTaken | NotRead, context: Context): Draft {
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

/** Clean-up jobs delete batch jobs: one 404 may be a fault, a second one a minute later is not. */
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
  const said = 'F&O answers that there is no such batch job.';
  const deferral: Deferral = { dueAt, cause: 'not-found', said, answer: null, needsPerson: false };
  return recordDeferral(
    revise(again, { pending: { ...pending, dueAt, waits: 'deferral' } }),
    pending.failure,
    deferral,
    context,
    draft.job,
  );
}

/** Nobody is alarmed for a job that was deleted. */
function gone(draft: Draft, context: Context): Draft {
  const { job } = draft;
  const { phase, pending } = job;
  const open = [
    phase.kind === 'requesting' ? phase.claim.attempt.failure : [],
    pending?.failure ?? [],
  ].flat();
  const reason = 'F&O has no batch job with this id any more: nothing more is done.';
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
