import type { Failure } from '../failure.ts';
import { latest } from '../instants.ts';
import { type BatchJob, newJob } from './batch-job.ts';
import { countAccepted } from './claim-request.ts';
import { cancel, end, mustAnnounceEnd, recover } from './close-episode.ts';
import { type Decision, failureDecision } from './decision.ts';
import {
  changed,
  type Context,
  type Draft,
  type JobEvent,
  revise,
  type Transition,
  unchanged,
} from './job-event.ts';
import { isAfter, isNewer, isSameRun, plausible } from './runs.ts';

const byOthers = { origin: 'others' } as const;

type Reported = Extract<JobEvent, { kind: 'run-reported' }>;

/** Processes F&O's report that a run started, finished or was canceled. */
export function reportRun(known: BatchJob | null, event: Reported, context: Context): Transition {
  const endedAt = plausible(event.event.endedAt, context.now);
  if (event.progress === 'started') return started(known, event, context);
  if (event.progress === 'canceled')
    return known ? canceled(known, event, endedAt, context) : changesNothing(event);
  return finished(known ?? newJob(context.environment, event.event), event, endedAt, context);
}

/**
 * A finished run heals what failed before it. The record remembers that the job sends finished events: a missing
 * one then means something.
 */
function finished(job: BatchJob, { event }: Reported, endedAt: Date | null, context: Context): Transition {
  const { seen } = job;
  if (!endedAt || isSameRun(endedAt, seen.finishedRunEndedAt) || isNewer(seen.finishedRunEndedAt, endedAt)) {
    return unchanged('The job finished, which changes nothing here.');
  }
  const noted = {
    ...job,
    seen: { ...seen, finishedRunEndedAt: endedAt, runEndedAt: latest(seen.runEndedAt, endedAt) },
  };
  return healBy(noted, event, endedAt, context);
}

/** A run that ended well at `endedAt` heals what failed before it. */
export function healBy(noted: BatchJob, event: Failure, endedAt: Date, context: Context): Transition {
  const draft = proveAccepted({ job: noted, decisions: [] }, endedAt, context);
  const { phase } = draft.job;
  if (phase.kind === 'requesting' || !isNewerThanFailure(draft.job, endedAt)) return changed(draft);
  const moot = dropPending(draft, endedAt, 'finished', context);
  if (draft.job.episode.startedAt === null) return changed(moot);
  const isAnnounced =
    phase.kind === 'watching' || mustAnnounceEnd(draft.job, phase.kind === 'following' ? phase : byOthers);
  const retry = phase.kind === 'following' ? phase.retry : null;
  const healed = isAnnounced
    ? recover(moot, { failure: event, retry }, endedAt, context)
    : end(moot, endedAt);
  const { pending } = moot.job;
  return changed({ ...healed, job: { ...healed.job, pending } });
}

/** A person, or F&O, ended the job: its episode ends without another requeue. */
function canceled(job: BatchJob, event: Reported, endedAt: Date | null, context: Context): Transition {
  if (!endedAt || !isNewer(endedAt, job.seen.runEndedAt ?? new Date(0))) return changesNothing(event);
  const noted: BatchJob = { ...job, seen: { ...job.seen, runEndedAt: endedAt } };
  const draft = proveAccepted({ job: noted, decisions: [] }, endedAt, context);
  const { phase } = draft.job;
  if (phase.kind === 'requesting' || !isNewerThanFailure(draft.job, endedAt)) return changed(draft);
  const moot = dropPending(draft, endedAt, 'was canceled', context);
  if (draft.job.episode.startedAt === null) return changed(moot);
  const retry = phase.kind === 'following' ? phase.retry : null;
  const reason = 'The job was canceled in F&O: its episode ends without another requeue.';
  return changed(cancel(moot, { failure: event.event, retry }, reason, context));
}

/**
 * A start after the claim's read proves that its request arrived. A start of the followed run shows that it is
 * under way. The record keeps a start after the pending failure.
 */
function started(job: BatchJob | null, event: Reported, context: Context): Transition {
  const { occurredAt } = event;
  if (!job || !occurredAt) return changesNothing(event);
  const { phase, pending, seen } = job;
  const isOpen = phase.kind === 'requesting' || phase.kind === 'following';
  if (!isOpen && isNewer(occurredAt, pending?.failure.endedAt ?? null)) {
    return changed({ job: { ...job, seen: { ...seen, startedRunAt: occurredAt } }, decisions: [] });
  }
  const { now } = context;
  const baseline =
    phase.kind === 'requesting' ? phase.claim.baseline : phase.kind === 'following' ? phase.baseline : null;
  const isSince = baseline !== null && isNewer(occurredAt, baseline.readAt);
  if (!isSince) return changesNothing(event);
  if (phase.kind === 'requesting' && phase.claim.isFateUnknown) {
    const reason =
      "F&O's answer was lost; the job has started since, which shows that F&O set it to waiting.";
    return changed(countAccepted({ job, decisions: [] }, phase.claim, reason, null, context));
  }
  if (phase.kind !== 'following' || phase.since.runningAt) return changesNothing(event);
  const since = { ...phase.since, runningAt: now };
  return changed({
    job: { ...job, phase: { ...phase, since }, seen: { ...seen, activeAt: now } },
    decisions: [],
  });
}

/** Any event of a newer run proves that a request of unknown fate arrived. */
function proveAccepted(draft: Draft, endedAt: Date, context: Context): Draft {
  const { phase } = draft.job;
  if (phase.kind !== 'requesting' || !phase.claim.isFateUnknown) return draft;
  if (!isAfter(endedAt, phase.claim.baseline)) return draft;
  const reason =
    "F&O's answer was lost; a newer run of the job has ended, which shows that F&O set it to waiting.";
  return countAccepted(draft, phase.claim, reason, null, context);
}

/** Whether a run that ended at `endedAt` is newer than the failure that the job is about. */
function isNewerThanFailure({ phase, seen, pending }: BatchJob, endedAt: Date): boolean {
  if (phase.kind === 'following' || phase.kind === 'watching') {
    const { failedRunEndedAt } = phase.baseline;
    return failedRunEndedAt === null || isAfter(endedAt, phase.baseline);
  }
  const failed = pending?.failure.endedAt ?? seen.failedRunEndedAt;
  return failed === null || isNewer(endedAt, failed);
}

function dropPending(draft: Draft, endedAt: Date, what: string, context: Context): Draft {
  const { job } = draft;
  const { pending } = job;
  if (!pending || !isNewer(endedAt, pending.failure.endedAt)) return draft;
  return revise(draft, { pending: null }, superseded(job, pending.failure, what, context));
}

function superseded(job: BatchJob, failure: Failure, what: string, context: Context): Decision {
  const reason = `The job ${what} since: nothing was sent.`;
  return failureDecision(job, failure, 'superseded', reason, { policy: context.policyFor(failure) });
}

function changesNothing({ progress }: Reported): Transition {
  const what = progress === 'canceled' ? 'was canceled' : progress;
  return unchanged(`The job ${what}, which changes nothing here.`);
}
