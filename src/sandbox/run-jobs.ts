import type { Clock } from '../ports/clock.ts';
import type { Activity } from './activity.ts';
import type { SimulatedBatchJob } from './batch-job.ts';
import type { EventPublisher } from './event-publisher.ts';
import type { Happening } from './happening.ts';
import { type AutoRun, JobRunner } from './job-runner.ts';
import { type JobListeners, SimulatedBatchJobs } from './simulated-batch-jobs.ts';

interface Parts {
  clock: Clock;
  /** The clock of all times of jobs and runs. */
  runClock: Clock;
  /** Null: jobs run only on request. */
  autoRun: AutoRun | null;
  activity: Activity;
  stopped: AbortSignal;
  happen: (happening: Happening) => void;
  publisher: EventPublisher;
  /** Between a run's end and its row in the batch history. */
  historyAfterMs: number;
}

/** Creates the jobs and their runner: a change of a job plans its next run, sends its event and is reported. */
export function runJobs(parts: Parts): { jobs: SimulatedBatchJobs; runner: JobRunner } {
  const { clock, runClock, autoRun, activity, stopped, happen, publisher, historyAfterMs } = parts;
  const ofJob = ({ jobId, description }: SimulatedBatchJob) => ({ at: clock.now(), jobId, description });
  const listeners: JobListeners = {
    waiting: ({ jobId }, startsAt) => {
      if (autoRun && !stopped.aborted) runner.plan(jobId, startsAt, autoRun);
    },
    requeued: (job) => happen({ kind: 'requeue-accepted', requeues: job.requeues, ...ofJob(job) }),
    requeueRefused: (jobId, message) => happen({ kind: 'requeue-refused', at: clock.now(), jobId, message }),
    changed: (kind, job) => {
      happen({ kind: `job-${kind}`, ...ofJob(job) });
      publisher.publish(kind, job);
    },
  };
  const jobs = new SimulatedBatchJobs(runClock, listeners, historyAfterMs);
  const runner = new JobRunner({ jobs, clock: runClock, activity, stopped });
  return { jobs, runner };
}
