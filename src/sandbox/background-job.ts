import type { BatchJobRun, Recurrence, ShownJob, SimulatedBatchJob } from './batch-job.ts';
import type { BatchStatus } from './batch-status.ts';
import type { HistoryRow } from './history-entity.ts';
import { defaultTraits } from './job-traits.ts';

export interface BackgroundJobs {
  count: number;
  /** How often each runs; their starts are spread evenly over that time. */
  everyMs: number;
  runMs: number;
  /** The nth run of each fails; none unless set. */
  failEvery?: number;
  /** 7000000000 unless set: the others follow it. */
  firstJobId?: string;
}

const keptMs = 24 * 60 * 60 * 1000;

/**
 * One of the many jobs of an F&O that a test is not about. It runs by its schedule and sends no event. It costs
 * nothing until somebody reads it: the clock alone says how it is.
 */
export class BackgroundJob implements SimulatedBatchJob {
  readonly jobId: string;
  readonly description: string;
  readonly legalEntity = 'USMF';
  readonly sends = [];
  readonly runtimeJob = false;
  readonly traits = defaultTraits;
  readonly recurrence: Recurrence;
  readonly createdAt: Date;
  readonly canceledBy = '';
  readonly requeues = 0;
  readonly #now: () => Date;
  readonly #runMs: number;
  readonly #failEvery: number;

  constructor(jobs: BackgroundJobs, index: number, now: () => Date) {
    this.#now = now;
    this.#runMs = jobs.runMs;
    this.#failEvery = jobs.failEvery ?? Infinity;
    this.jobId = String(BigInt(jobs.firstJobId ?? '7000000000') + BigInt(index));
    this.description = `Background job ${index}`;
    this.createdAt = now();
    const firstAt = new Date(this.createdAt.getTime() + Math.floor((index * jobs.everyMs) / jobs.count));
    this.recurrence = { everyMs: jobs.everyMs, firstAt };
  }

  get status(): BatchStatus {
    return this.#isRunning ? 'Executing' : 'Waiting';
  }

  get scheduledAt(): Date {
    return this.#startOf(this.#isRunning ? this.#latest : this.#latest + 1);
  }

  get startedAt(): Date | null {
    return this.#latest < 0 ? null : this.#startOf(this.#latest);
  }

  get endedAt(): Date | null {
    return this.#latest < 0 || this.#isRunning ? null : this.#endOf(this.#latest);
  }

  get shown(): ShownJob {
    const { status, scheduledAt, startedAt, endedAt } = this;
    return { status, scheduledAt, startedAt, endedAt };
  }

  get runs(): BatchJobRun[] {
    return this.#lastDay().map((n) => ({
      cause: 'schedule',
      startedAt: this.#startOf(n),
      endedAt: this.#endOf(n),
      outcome: this.#outcomeOf(n),
    }));
  }

  /** The runs of the last day, as the batch history keeps them. */
  history(): HistoryRow[] {
    const { jobId, description, legalEntity } = this;
    return this.#lastDay().map((n) => ({
      recordId: String(BigInt(jobId) * 100_000n + BigInt(n % 100_000)),
      jobId,
      description,
      legalEntity,
      status: this.#outcomeOf(n) === 'failed' ? 'Error' : 'Finished',
      scheduledAt: this.#startOf(n),
      startedAt: this.#startOf(n),
      endedAt: this.#endOf(n),
    }));
  }

  /** The number of the latest run; below 0 before the first. */
  get #latest(): number {
    const sinceFirst = this.#now().getTime() - this.recurrence.firstAt.getTime();
    return Math.max(-1, Math.floor(sinceFirst / this.recurrence.everyMs));
  }

  get #isRunning(): boolean {
    return this.#latest >= 0 && this.#now() < this.#endOf(this.#latest);
  }

  /** The numbers of the runs that ended within the last day. */
  #lastDay(): number[] {
    const ended = this.#isRunning ? this.#latest : this.#latest + 1;
    const most = Math.min(ended, Math.ceil(keptMs / this.recurrence.everyMs));
    return Array.from({ length: most }, (_, back) => ended - most + back);
  }

  #startOf(run: number): Date {
    return new Date(this.recurrence.firstAt.getTime() + run * this.recurrence.everyMs);
  }

  #endOf(run: number): Date {
    return new Date(this.#startOf(run).getTime() + this.#runMs);
  }

  #outcomeOf(run: number): 'failed' | 'finished' {
    return (run + 1) % this.#failEvery === 0 ? 'failed' : 'finished';
  }
}
