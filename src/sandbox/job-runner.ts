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
  readonly #hanging = new Map<string, () => BatchJobOutcome>();

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

  /** Runs a Waiting job now, until `endHanging`. Does not count as activity. */
  hang(jobId: string, cause?: RunCause): void {
    this.#hanging.set(jobId, this.#parts.jobs.begin(jobId, cause));
  }

  /** Ends the run that hangs: 'interrupted' if somebody set the job's status meanwhile. */
  endHanging(jobId: string): BatchJobOutcome {
    const end = this.#hanging.get(jobId);
    if (!end) throw new Error(`Batch job ${jobId} does not hang`);
    this.#hanging.delete(jobId);
    return end();
  }

  /**
   * Runs the job `pickupMs` after `scheduledAt`, or later if the job's pace says so, unless somebody sets its status
   * before. Replaces the earlier plan for the job. A future start does not count as activity.
   */
  plan(jobId: string, scheduledAt: Date, { pickupMs, runMs }: AutoRun): void {
    const { jobs, clock, activity, stopped } = this.#parts;
    const ticket = jobs.ticket(jobId);
    const pace = jobs.nextPace(jobId);
    this.#plans.get(jobId)?.abort();
    if (pace.startsLateMs === Infinity) return;
    const startsAt = new Date(scheduledAt.getTime() + (pace.startsLateMs ?? 0));
    const pickUp = (): void =>
      activity.start(async () => {
        const waited = await sleptThrough(clock.sleep(pickupMs, stopped), stopped);
        if (!waited || !jobs.unchangedSince(jobId, ticket)) return;
        if (pace.runMs === 'hangs') this.hang(jobId);
        else await this.run(jobId, pace.runMs ?? runMs);
      });
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
