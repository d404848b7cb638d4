import { addMs, latest } from './instants.ts';
import {
  type BatchJob,
  type Decided,
  decided,
  endedEpisode,
  endEpisode,
  type FollowUp,
} from './batch-job.ts';
import type { Failure } from './failure.ts';
import type { Observation } from './outcome.ts';
import { hasRunSince } from './run-times.ts';

const minute = 60_000;

/** A requeued job whose run has not ended by then is told of as stuck. Batch active periods may make it wait long. */
export const stuckAfterMs = 24 * 60 * minute;

/** How often F&O is asked whether a person has taken a job in hand. */
const watchMs = 30 * minute;

/** How long after the requeue, or the look before, F&O is asked again how the job fares. */
export function followUpDelayMs(looks: number): number {
  return Math.min(0.5 * minute * 2 ** Math.min(looks, 10), 30 * minute);
}

type Followed = { job: BatchJob; decided: Decided[] };

/**
 * What F&O's word on a requeued job means. A recurring job is Waiting again after it finished: its end time
 * tells that it ran. One in Error whose event never came failed all the same: that failure then waits for `delayMs`.
 */
export function resolveFollowUp(
  job: BatchJob,
  followUp: FollowUp,
  observed: Observation | 'no such job',
  delayMs: number,
  now: Date,
): Followed {
  if (followUp.kind === 'watch') return resolveWatch(job, followUp, observed, now);
  if (observed === 'no such job')
    return takenOut(job, followUp, 'F&O knows no batch job with this id any more.');
  const ranSince = hasRunSince(followUp.runEndedAt, observed);
  switch (observed.status) {
    case 'Finished':
      return recovered(job, followUp, observed.endedAt, now);
    case 'Error':
      return ranSince === false
        ? lookAgain(job, followUp, observed, now)
        : failedUnheard(job, followUp, observed, delayMs, now);
    case 'Canceled':
    case 'Cancelling':
    case 'Hold':
    case 'NotRun':
      return takenOut(job, followUp, `The job is ${observed.status} in F&O: somebody took it out.`);
    default:
      return ranSince === true && observed.status !== 'Executing' && endedAfterRequeue(followUp, observed)
        ? recovered(job, followUp, observed.endedAt, now)
        : lookAgain(job, followUp, observed, now);
  }
}

/** Looks now and then whether a person takes a job in hand that is not retried any more. */
export function watch(failure: Failure, runEndedAt: Date | null, now: Date): FollowUp {
  return {
    kind: 'watch',
    failure,
    runEndedAt,
    retry: 0,
    requeuedAt: now,
    lookAt: addMs(now, watchMs),
    looks: 0,
  };
}

/**
 * A job that a person must look at: as soon as it is not in Error any more, somebody has taken it in hand, and
 * its next failure begins a new episode. After a day nobody is waited for any longer.
 */
function resolveWatch(
  job: BatchJob,
  followUp: FollowUp,
  observed: Observation | 'no such job',
  now: Date,
): Followed {
  if (observed !== 'no such job' && observed.status === 'Error') {
    const isOver = now.getTime() - followUp.requeuedAt.getTime() >= stuckAfterMs;
    const lookAt = addMs(now, watchMs);
    return { job: { ...job, followUp: isOver ? null : { ...followUp, lookAt } }, decided: [] };
  }
  const ranSince = observed !== 'no such job' && hasRunSince(followUp.runEndedAt, observed) === true;
  if (
    observed !== 'no such job' &&
    (observed.status === 'Finished' || (ranSince && observed.status === 'Waiting'))
  ) {
    return recovered(job, followUp, observed.endedAt, now);
  }
  const status = observed === 'no such job' ? 'gone' : observed.status;
  return takenOut(job, followUp, `The job is ${status} in F&O: somebody has taken it in hand.`);
}

/**
 * A job that waits may have been run by hand between its failure and our requeue: only a later end is this
 * run's. This compares F&O's clock with ours: where F&O's is behind by more than the run took, the run's end is
 * not seen, and after a day people are told.
 */
function endedAfterRequeue({ requeuedAt }: FollowUp, { endedAt }: Observation): boolean {
  return endedAt !== null && endedAt > requeuedAt;
}

/** The requeued job ran without error: its episode ends. */
function recovered(job: BatchJob, followUp: FollowUp, endedAt: Date | null, now: Date): Followed {
  const tookMs = now.getTime() - (job.episodeStartedAt ?? followUp.requeuedAt).getTime();
  const minutes = Math.max(Math.round(tookMs / minute), 1);
  const reason = `The job ran without error after ${job.retriesUsed} ${job.retriesUsed === 1 ? 'retry' : 'retries'}, about ${minutes} min after it first failed.`;
  return {
    job: { ...endEpisode(job), state: 'recovered', lastEndedAt: latest(job.lastEndedAt, endedAt) },
    decided: [
      decided(followUp.failure, 'recovered', reason, {
        retry: followUp.retry || null,
        endedEpisode: endedEpisode(job),
      }),
    ],
  };
}

/** A person took the job out: its episode ends without another requeue. */
function takenOut(job: BatchJob, followUp: FollowUp, reason: string): Followed {
  return {
    job: { ...endEpisode(job), state: 'canceled' },
    decided: [decided(followUp.failure, 'canceled', reason, { endedEpisode: endedEpisode(job) })],
  };
}

function lookAgain(job: BatchJob, followUp: FollowUp, { status }: Observation, now: Date): Followed {
  if (now.getTime() - followUp.requeuedAt.getTime() >= stuckAfterMs)
    return stuck(job, followUp, `is ${status} now`);
  const looks = followUp.looks + 1;
  return {
    job: { ...job, followUp: { ...followUp, looks, lookAt: addMs(now, followUpDelayMs(looks)) } },
    decided: [],
  };
}

export function stuck(job: BatchJob, followUp: FollowUp, how: string): Followed {
  const since = followUp.requeuedAt.toISOString();
  const reason = `The job was set to waiting at ${since} and ${how}: its run does not end, a person must look.`;
  return {
    job: { ...job, state: 'stuck', followUp: null },
    decided: [decided(followUp.failure, 'stuck', reason)],
  };
}

/** The event of this failure was lost, or is still under way: it then looks old, and the status decides. */
function failedUnheard(
  job: BatchJob,
  followUp: FollowUp,
  observed: Observation,
  delayMs: number,
  now: Date,
): Followed {
  const due = addMs(now, delayMs);
  const ended = (observed.endedAt ?? followUp.requeuedAt).getTime();
  const { via: _via, ...known } = followUp.failure;
  const failure: Failure = {
    ...known,
    eventId: `LOST-${followUp.failure.jobId}-${ended}`,
    endedAt: observed.endedAt,
    controlNumber: null,
  };
  return {
    job: {
      ...job,
      followUp: null,
      episodeStartedAt: job.episodeStartedAt ?? followUp.requeuedAt,
      lastFailureAt: now,
      lastEndedAt: latest(job.lastEndedAt, observed.endedAt),
      waiting: { failure, firstDueAt: due, dueAt: due, statusFirst: true, serverErrors: 0, tries: 0 },
    },
    decided: [],
  };
}
