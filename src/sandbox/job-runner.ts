import type { Clock } from '../ports/clock.ts';
import type { Activity } from './activity.ts';
import type { BatchJobOutcome } from './batch-job.ts';
import type { SimulatedBatchJobs } from './simulated-batch-jobs.ts';
import { sleptThrough } from './activity.ts';

/** How jobs run by themselves: so long after being set to Waiting, for so long. */
export interface AutoRun {
  pickupMs: number;
  runMs: number;
}

interface Parts {
  jobs: SimulatedBatchJobs;
  clock: Clock;
  activity: Activity;
  stopped: AbortSignal;
}

export class JobRunner {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Runs a Waiting job now, for `runMs`. A sandbox that stops meanwhile interrupts the run. */
  run(jobId: string, runMs: number): Promise<BatchJobOutcome> {
    const { jobs, clock, activity, stopped } = this.#parts;
    return new Promise((resolve, reject) => {
      const end = jobs.begin(jobId);
      activity.start(async () => {
        try {
          const ran = runMs === 0 || (await sleptThrough(clock.sleep(runMs, stopped), stopped));
          resolve(ran ? end() : 'interrupted');
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }

  /** Picks the job up after a while, unless its status has been set again by then. */
  pickUpLater(jobId: string, { pickupMs, runMs }: AutoRun): void {
    const { jobs, clock, activity, stopped } = this.#parts;
    const ticket = jobs.ticket(jobId);
    activity.start(async () => {
      const waited = await sleptThrough(clock.sleep(pickupMs, stopped), stopped);
      if (waited && jobs.unchangedSince(jobId, ticket)) await this.run(jobId, runMs);
    });
  }
}
