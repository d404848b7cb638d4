import type { Clock } from '../ports/clock.ts';
import type {
  BatchEventKind,
  BatchJobOutcome,
  BatchJobRun,
  NewBatchJob,
  SimulatedBatchJob,
} from './batch-job.ts';
import type { BatchStatus } from './batch-status.ts';
import type { JobScript } from './job-script.ts';
import { int64Digits } from './json.ts';
import { playScript } from './job-script.ts';
import { keepRecent } from './recent.ts';

export type SetToWaiting = { kind: 'accepted' } | { kind: 'unknown-job' | 'wrong-status'; message: string };

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type JobRecord = Mutable<Omit<SimulatedBatchJob, 'runs'>> & {
  runs: Mutable<BatchJobRun>[];
  fails: () => boolean;
  /** Rises with every change of status, so that what was planned before a change can tell. */
  changes: number;
};

export interface JobListeners {
  /** The job was set to Waiting and may be picked up. */
  waiting(job: SimulatedBatchJob): void;
  changed(kind: BatchEventKind, job: SimulatedBatchJob): void;
  requeued(job: SimulatedBatchJob): void;
  requeueRefused(jobId: string, message: string): void;
}

/** "Started, failed, finished or canceled": what the documentation lets the action move to waiting. */
const requeueable: ReadonlySet<BatchStatus> = new Set(['Executing', 'Error', 'Finished', 'Canceled']);

export class SimulatedBatchJobs {
  readonly #jobs = new Map<string, JobRecord>();
  readonly #clock: Clock;
  readonly #listeners: JobListeners;

  constructor(clock: Clock, listeners: JobListeners) {
    this.#clock = clock;
    this.#listeners = listeners;
  }

  add(job: NewBatchJob): void {
    if (int64Digits(job.jobId) !== job.jobId) throw new Error(`Job id ${job.jobId} is not an int64`);
    if (this.#jobs.has(job.jobId)) throw new Error(`Batch job ${job.jobId} exists already`);
    const record: JobRecord = {
      jobId: job.jobId,
      description: job.description,
      legalEntity: job.legalEntity ?? 'USMF',
      recurring: job.recurring ?? false,
      sends: job.sends ?? ['failed'],
      status: job.status ?? 'Waiting',
      createdAt: this.#clock.now(),
      startedAt: null,
      endedAt: null,
      canceledBy: '',
      requeues: 0,
      runs: [],
      fails: playScript(job.script),
      changes: 0,
    };
    this.#jobs.set(job.jobId, record);
    if (record.status === 'Waiting') this.#listeners.waiting(record);
  }

  find(jobId: string): SimulatedBatchJob | null {
    return this.#jobs.get(jobId) ?? null;
  }

  get(jobId: string): SimulatedBatchJob {
    return this.#get(jobId);
  }

  /** In the order of their ids, as F&O lists them. */
  all(): SimulatedBatchJob[] {
    return [...this.#jobs.values()].toSorted((a, b) => (BigInt(a.jobId) < BigInt(b.jobId) ? -1 : 1));
  }

  /** From now on the job's runs end as this script says, from its beginning. */
  setScript(jobId: string, script: JobScript): void {
    this.#get(jobId).fails = playScript(script);
  }

  /** What a person does in F&O's form. */
  setStatus(jobId: string, status: BatchStatus): void {
    const job = this.#get(jobId);
    change(job, status);
    if (status === 'Waiting') this.#listeners.waiting(job);
    if (status !== 'Canceled') return;
    job.canceledBy = 'Admin';
    job.endedAt = this.#clock.now();
    this.#listeners.changed('canceled', job);
  }

  setToWaiting(jobId: string): SetToWaiting {
    const job = this.#jobs.get(jobId);
    if (!job) return this.#refuse('unknown-job', jobId, `There is no batch job ${jobId}`);
    if (!requeueable.has(job.status)) {
      return this.#refuse(
        'wrong-status',
        jobId,
        `Batch job ${jobId} cannot go from ${job.status} to Waiting`,
      );
    }
    change(job, 'Waiting');
    job.requeues += 1;
    this.#listeners.requeued(job);
    this.#listeners.waiting(job);
    return { kind: 'accepted' };
  }

  /** True as long as the status has not been set again since `ticket` was taken. */
  unchangedSince(jobId: string, ticket: number): boolean {
    return this.#get(jobId).changes === ticket;
  }

  ticket(jobId: string): number {
    return this.#get(jobId).changes;
  }

  /** Takes a Waiting job to Executing. The function that comes back ends that run. */
  begin(jobId: string): () => BatchJobOutcome {
    const job = this.#get(jobId);
    if (job.status !== 'Waiting') throw new Error(`Batch job ${jobId} is ${job.status}, not Waiting`);
    change(job, 'Executing');
    job.startedAt = this.#clock.now();
    job.endedAt = null;
    const run: Mutable<BatchJobRun> = { startedAt: job.startedAt, endedAt: null, outcome: null };
    keepRecent(job.runs, run);
    const ticket = job.changes;
    this.#listeners.changed('started', job);
    return () => this.#end(job, run, ticket);
  }

  #end(job: JobRecord, run: Mutable<BatchJobRun>, ticket: number): BatchJobOutcome {
    run.endedAt = this.#clock.now();
    if (job.changes !== ticket) {
      run.outcome = 'interrupted';
      return run.outcome;
    }
    const outcome = job.fails() ? 'failed' : 'finished';
    run.outcome = outcome;
    job.endedAt = run.endedAt;
    change(job, outcome === 'failed' ? 'Error' : job.recurring ? 'Waiting' : 'Finished');
    this.#listeners.changed(outcome, job);
    return outcome;
  }

  #refuse(kind: 'unknown-job' | 'wrong-status', jobId: string, message: string): SetToWaiting {
    this.#listeners.requeueRefused(jobId, message);
    return { kind, message };
  }

  #get(jobId: string): JobRecord {
    const job = this.#jobs.get(jobId);
    if (!job) throw new Error(`No batch job ${jobId}`);
    return job;
  }
}

function change(job: JobRecord, status: BatchStatus): void {
  job.status = status;
  job.changes += 1;
}
