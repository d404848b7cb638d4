import { type Failure, lostEventId } from '../failure.ts';
import { addMs, latest } from '../instants.ts';
import type { NotTaken, Observation } from '../outcome.ts';
import { type Following, idle } from './batch-job.ts';
import { cancel, end, mustAnnounceEnd, recover } from './close-episode.ts';
import { runDecision } from './decision.ts';
import { deferralOf } from './defer.ts';
import { withFailedRun } from './failed-runs.ts';
import { type Context, type Draft, type NotRead, revise } from './job-event.ts';
import { runStateOf, stuckAfterMs } from './run-state.ts';
import { isWaiting } from './runs.ts';

const minute = 60_000;

/** How late an event of an ended run may arrive, in ms. */
export const eventLateMs = 10 * minute;

/** How long after the requeue, or after the poll before, the service polls the run, in ms. */
export function pollDelayMs(polls: number): number {
  return Math.min(0.5 * minute * 2 ** Math.min(polls, 10), 10 * minute);
}

/** Polls a run by a read of its job: decides on its end, or when to poll again. */
export function pollRun(draft: Draft, following: Following, observed: Observation, context: Context): Draft {
  const state = runStateOf(following, observed, draft.job, context.now);
  switch (state.kind) {
    case 'recovered':
      return mustAnnounceEnd(draft.job, following)
        ? recover(draft, following, observed.endedAt, context)
        : end(draft, observed.endedAt);
    case 'failed':
      return failWithoutEvent(draft, following, state.endedAt, context);
    case 'taken out':
      return cancel(draft, following, `The job is ${observed.status} in F&O: a person took it out.`, context);
    case 'quiet':
      return pollQuiet(draft, following, observed, context);
    case 'not started':
      return announceNotStarted(draft, following, observed, context);
    case 'under way': {
      const since = {
        ...following.since,
        runningAt: following.since.runningAt ?? context.now,
        quiet: null,
      };
      const seen = { ...draft.job.seen, activeAt: context.now };
      return pollAgain(revise(draft, { seen }), { ...following, since }, observed, context);
    }
    case 'waiting':
      return pollAgain(draft, following, observed, context);
  }
}

/** A recurring job waits again. F&O does not show how its run ended, and an event may still say so. */
function pollQuiet(draft: Draft, following: Following, observed: Observation, context: Context): Draft {
  const { scheduledAt, endedAt } = observed;
  const first = { at: context.now, runEndedAt: endedAt, nextStartAt: scheduledAt };
  const quiet = following.since.quiet ?? first;
  const leftMs = eventLateMs - (context.now.getTime() - quiet.at.getTime());
  const since = { ...following.since, quiet };
  if (leftMs > 0) {
    const nextPollAt = addMs(context.now, Math.min(leftMs, 2 * minute));
    return revise(draft, { phase: { ...following, since, polls: following.polls + 1, nextPollAt } });
  }
  const { job } = draft;
  const seen = {
    ...job.seen,
    endedWithoutEvent: { nextStartAt: quiet.nextStartAt },
    runEndedAt: latest(job.seen.runEndedAt, quiet.runEndedAt),
  };
  if (following.origin === 'others') return revise(draft, { seen, phase: idle });
  const isMissed = job.seen.finishedRunEndedAt !== null;
  const isSeen = since.runningAt !== null || quiet.runEndedAt !== null;
  const ran = isSeen ? 'ran' : 'may have run (F&O shows no times of it)';
  const reason = isMissed
    ? `The requeued job ${ran}, and no event said how the run ended, although finished events of this job have arrived before: a person must look.`
    : `The requeued job ${ran}. F&O does not show how the run of a recurring job ended, and no failed event arrived within 10 minutes.`;
  const details = { ...aboutRun(following, context), notify: isMissed ? ('needs-attention' as const) : null };
  return revise(draft, { seen, phase: idle }, runDecision(job, following.failure, 'ended', reason, details));
}

/** F&O accepted the requeue, but the job did not start. Announces that once per episode, and polls on. */
function announceNotStarted(
  draft: Draft,
  following: Following,
  observed: Observation,
  context: Context,
): Draft {
  const { job } = draft;
  const start = observed.scheduledAt?.toISOString() ?? 'its next planned start';
  const what = isWaiting(observed.status)
    ? `it waits for its schedule, at ${start}`
    : `it is still ${observed.status}, and F&O shows no newer run`;
  const reason = `F&O accepted the requeue, but the job did not start: ${what}.`;
  const details = {
    ...aboutRun(following, context),
    dueAt: isWaiting(observed.status) ? observed.scheduledAt : null,
    notify: 'needs-attention' as const,
  };
  const announced = revise(
    draft,
    { episode: { ...job.episode, notStartedAnnounced: true } },
    runDecision(job, following.failure, 'not-started', reason, details),
  );
  return pollAgain(announced, following, observed, context);
}

/** A job that waits for its schedule is stuck only a day after its planned start. */
function pollAgain(draft: Draft, following: Following, observed: Observation, context: Context): Draft {
  const planned = isWaiting(observed.status) ? observed.scheduledAt : null;
  const since = latest(following.since.startedAt, planned) ?? following.since.startedAt;
  if (context.now.getTime() - since.getTime() >= stuckAfterMs) {
    return stopAsStuck(draft, following, `is ${observed.status} now`, context);
  }
  const polls = following.polls + 1;
  const nextPollAt = addMs(context.now, pollDelayMs(polls));
  return revise(draft, { phase: { ...following, polls, nextPollAt } });
}

/** Defers the poll: the service could not read the job. */
export function pollLater(
  draft: Draft,
  following: Following,
  outcome: NotTaken | NotRead,
  context: Context,
): Draft {
  const { dueAt, sentence } = deferralOf(outcome, following.polls, context);
  if (context.now.getTime() - following.since.startedAt.getTime() >= stuckAfterMs) {
    return stopAsStuck(draft, following, `could not be read since (${sentence.replace(/\.$/, '')})`, context);
  }
  return revise(draft, { phase: { ...following, polls: following.polls + 1, nextPollAt: dueAt } });
}

function stopAsStuck(draft: Draft, following: Following, how: string, context: Context): Draft {
  const stopped = { phase: idle };
  if (following.origin === 'others') return revise(draft, stopped);
  const since = following.since.startedAt.toISOString();
  const reason = `The job was set to waiting at ${since} and ${how}: its run does not end, a person must look.`;
  const details = { ...aboutRun(following, context), notify: 'needs-attention' as const };
  return revise(draft, stopped, runDecision(draft.job, following.failure, 'stuck', reason, details));
}

/**
 * The run failed, and its event is lost or late. A late one is then a duplicate of the failure that is learned
 * here.
 */
function failWithoutEvent(draft: Draft, following: Following, endedAt: Date | null, context: Context): Draft {
  const { job } = draft;
  const { now } = context;
  const seen = {
    ...job.seen,
    failureAt: now,
    activeAt: now,
    runEndedAt: latest(job.seen.runEndedAt, endedAt),
    failedRunEndedAt: latest(job.seen.failedRunEndedAt, endedAt),
    failedRuns: withFailedRun(job.seen, endedAt, { learned: 'read' }),
  };
  const ended = revise(draft, { seen, phase: idle });
  // The pending failure is of this run, but its event does not say when it ended.
  if (job.pending && job.pending.failure.endedAt === null) {
    return revise(ended, { pending: { ...job.pending, failure: { ...job.pending.failure, endedAt } } });
  }
  const { via: _via, ...known } = following.failure;
  const at = (endedAt ?? now).getTime();
  const eventId = lostEventId(known.jobId, new Date(at));
  const failure: Failure = { ...known, eventId, endedAt, controlNumber: null, learned: 'read' };
  return { ...ended, learned: failure };
}

function aboutRun({ retry, failure }: Following, context: Context) {
  return { retry, policy: context.policyFor(failure) };
}
