import { latest } from '../instants.ts';
import { type BatchJob, newJob, type RunTimes } from './batch-job.ts';
import { failureDecision } from './decision.ts';
import { failedRunAt } from './failed-runs.ts';
import { changed, type Context, type JobEvent, revise, type Transition, unchanged } from './job-event.ts';
import { isHandledAlready, noteFailedRun, receiveFailure } from './receive-failure.ts';
import { healBy } from './report-run.ts';
import { isNewer, isWithin } from './runs.ts';

type Learned = Extract<JobEvent, { kind: 'run-learned' }>;

/**
 * Learns from a search of F&O how a run ended. A run that the record knows, or that is older than one it knows,
 * changes nothing, but that it failed is noted. A failed run is handled like its event, and that event is a duplicate from now on. A run that
 * ended well matters to a job with something open, and to a failure before it whose event comes later: then a read
 * must show the run, or else the record.
 */
export function learnRun(known: BatchJob | null, event: Learned, context: Context): Transition {
  const { run, failure } = event;
  if (known && knowsHowEnded(known, run)) return unchanged('The service knows of this run already.');
  const isMoot = event.isMoot || isNewer(known?.seen.runEndedAt ?? null, run.endedAt);
  if (isMoot && event.end === 'failed') return noteMoot(known, event, context);
  if (isMoot) return unchanged('The service knows of a newer run of the job.');
  if (event.end === 'failed') {
    const received = receiveFailure(known, { kind: 'failure', failure }, context);
    if (received.kind !== 'changed') return received;
    const seen = { ...received.job.seen, learnedRun: run };
    return { ...received, job: { ...received.job, seen } };
  }
  const job = known ?? newJob(context.environment, failure);
  const { staysShown } = event;
  if (staysShown && !isOpen(job)) return unchanged('The job finished, which changes nothing here.');
  const runEndedAt = latest(job.seen.runEndedAt, run.endedAt);
  const seen = { ...job.seen, runEndedAt, ...(staysShown ? {} : { learnedFinish: run }) };
  return healBy({ ...job, seen }, failure, run.endedAt, context);
}

/**
 * A newer run has ended, so this failure needs no requeue. But its run was not silent, and it ends the run that is
 * followed.
 */
function noteMoot(job: BatchJob | null, { failure }: Learned, context: Context): Transition {
  const policy = context.policyFor(failure);
  if (!job || !policy || !isOpen(job)) return unchanged('A newer run of the job has ended.');
  const noted = noteFailedRun(job, failure, policy, context, true);
  const { seen, phase } = noted.job;
  const isOfBefore =
    seen.servedUntilAt !== null && failure.endedAt !== null && failure.endedAt <= seen.servedUntilAt;
  const heard = isOfBefore ? noted : revise(noted, { seen: { ...seen, endedWithoutEvent: null } });
  if (phase.kind === job.phase.kind) return changed(heard);
  const reason =
    'No event said that this run failed, and a newer run of the job has ended since: nothing was sent.';
  return changed(revise(heard, {}, failureDecision(heard.job, failure, 'superseded', reason, { policy })));
}

/** Whether an event, or a read, has told how this run ended. */
function knowsHowEnded(job: BatchJob, run: RunTimes): boolean {
  const { failedRunEndedAt, finishedRunEndedAt } = job.seen;
  const isKnown = [failedRunEndedAt, finishedRunEndedAt].some((end) => isWithin(run, end));
  return isKnown || failedRunAt(job.seen, run.endedAt) !== undefined || isHandledAlready(job, run.endedAt);
}

function isOpen({ phase, pending, episode }: BatchJob): boolean {
  return phase.kind !== 'idle' || pending !== null || episode.startedAt !== null;
}
