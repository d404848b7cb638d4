import type { Clock } from '../ports/clock.ts';
import type { Activity } from './activity.ts';
import { sleptThrough } from './activity.ts';
import type { BatchJobOutcome, RunCause } from './batch-job.ts';
import type { SimulatedBatchJobs } from './simulated-batch-jobs.ts';

/** How jobs run by themselves: they begin `pickupMs` after their start is due, and run for `runMs`. */
export interface AutoRun {
  pickupMs: number;
  runMs: number;
}

interface Parts {
  jobs: SimulatedBatchJobs;
  /** F&O's own clock. */
  clock: Clock;
  activity: Activity;
  stopped: AbortSignal;
}

/** The limit of setTimeout. */
const longestSleepMs = 2 ** 31 - 1;

export class JobRunner {
  readonly #parts: Parts;
  readonly #plans = new Map<string, AbortController>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Runs a Waiting job now, for `runMs`. A sandbox that stops meanwhile interrupts the run. */
  run(jobId: string, runMs: number, cause?: RunCause): Promise<BatchJobOutcome> {
    const { jobs, clock, activity, stopped } = this.#parts;
    return new Promise((resolve, reject) => {
      const end = jobs.begin(jobId, cause);
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

  /**
   * Runs the job `pickupMs` after `startsAt`, unless somebody sets its status before. Replaces the earlier plan for
   * the job. A future start does not count as activity.
   */
  plan(jobId: string, startsAt: Date, { pickupMs, runMs }: AutoRun): void {
    const { jobs, clock, activity, stopped } = this.#parts;
    const ticket = jobs.ticket(jobId);
    const pickUp = (): void =>
      activity.start(async () => {
        const waited = await sleptThrough(clock.sleep(pickupMs, stopped), stopped);
        if (waited && jobs.unchangedSince(jobId, ticket)) await this.run(jobId, runMs);
      });
    this.#plans.get(jobId)?.abort();
    if (startsAt <= clock.now()) {
      pickUp();
      return;
    }
    const replaced = new AbortController();
    this.#plans.set(jobId, replaced);
    void this.#actAt(startsAt, AbortSignal.any([stopped, replaced.signal]), pickUp);
  }

  /** Does nothing if the signal comes first. */
  async #actAt(at: Date, signal: AbortSignal, act: () => void): Promise<void> {
    const { clock } = this.#parts;
    for (;;) {
      const ms = at.getTime() - clock.now().getTime();
      if (ms <= 0) break;
      if (!(await sleptThrough(clock.sleep(Math.min(ms, longestSleepMs), signal), signal))) return;
    }
    act();
  }
}
