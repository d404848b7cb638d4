import { latest } from '../instants.ts';
import { type BatchJob, newJob, type RunTimes } from './batch-job.ts';
import { type Context, type JobEvent, type Transition, unchanged } from './job-event.ts';
import { isHandledAlready, receiveFailure } from './receive-failure.ts';
import { healBy } from './report-run.ts';
import { isNewer, isWithin } from './runs.ts';

type Learned = Extract<JobEvent, { kind: 'run-learned' }>;

/**
 * Learns from a search of F&O how a run ended. A run that the record knows, or that is older than one it knows,
 * changes nothing. A failed run is handled like its event, and that event is a duplicate from now on. A run that
 * ended well matters to a job with something open, and to a failure before it whose event comes later: then a read
 * must show the run, or else the record.
 */
export function learnRun(known: BatchJob | null, event: Learned, context: Context): Transition {
  const { run, failure } = event;
  if (known && knowsHowEnded(known, run)) return unchanged('The service knows of this run already.');
  if (known && isNewer(known.seen.runEndedAt, run.endedAt)) {
    return unchanged('The service knows of a newer run of the job.');
  }
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

/** Whether an event, or a read, has told how this run ended. */
function knowsHowEnded(job: BatchJob, run: RunTimes): boolean {
  const { failedRunEndedAt, finishedRunEndedAt } = job.seen;
  const isKnown = [failedRunEndedAt, finishedRunEndedAt].some((end) => isWithin(run, end));
  return isKnown || isHandledAlready(job, run.endedAt);
}

function isOpen({ phase, pending, episode }: BatchJob): boolean {
  return phase.kind !== 'idle' || pending !== null || episode.startedAt !== null;
}
