import type { Clock } from '../ports/clock.ts';
import { BackgroundJob, type BackgroundJobs } from './background-job.ts';
import { BatchHistory } from './batch-history.ts';
import { BatchJobRecord } from './batch-job-record.ts';
import type {
  BatchEventKind,
  BatchJobOutcome,
  NewBatchJob,
  RunCause,
  RunPace,
  SimulatedBatchJob,
} from './batch-job.ts';
import type { BatchStatus } from './batch-status.ts';
import type { HistoryRow } from './history-entity.ts';
import type { JobScript } from './job-script.ts';
import { int64Digits } from './json.ts';

export type SetToWaiting = { kind: 'accepted' } | { kind: 'unknown-job' | 'wrong-status'; message: string };

export interface JobListeners {
  /** The job is Waiting, or will be, and starts at `startsAt` unless somebody sets its status before. */
  waiting(job: SimulatedBatchJob, startsAt: Date): void;
  changed(kind: BatchEventKind, job: SimulatedBatchJob): void;
  requeued(job: SimulatedBatchJob): void;
  requeueRefused(jobId: string, message: string): void;
}

/** The batch jobs of one F&O, without HTTP and without timers. Methods throw if there is no such job. */
export class SimulatedBatchJobs {
  readonly #jobs = new Map<string, BatchJobRecord>();
  readonly #background = new Map<string, BackgroundJob>();
  readonly #history: BatchHistory;
  readonly #now: () => Date;
  readonly #listeners: Partial<JobListeners>;

  /** `clock` is F&O's own; `historyAfterMs` passes between a run's end and its row in the batch history. */
  constructor(clock: Pick<Clock, 'now'>, listeners: Partial<JobListeners> = {}, historyAfterMs = 0) {
    this.#now = () => clock.now();
    this.#listeners = listeners;
    this.#history = new BatchHistory(this.#now, historyAfterMs);
  }

  add(job: NewBatchJob): void {
    if (int64Digits(job.jobId) !== job.jobId) throw new Error(`Job id ${job.jobId} is not an int64`);
    if (this.find(job.jobId)) throw new Error(`Batch job ${job.jobId} exists already`);
    const record = new BatchJobRecord(job, this.#now);
    this.#jobs.set(job.jobId, record);
    this.#emitWaiting(record);
  }

  find(jobId: string): SimulatedBatchJob | null {
    return this.#jobs.get(jobId) ?? this.#background.get(jobId) ?? null;
  }

  /** Jobs that nobody acts on: F&O lists them and their runs, and refuses to set them to waiting. */
  addBackground(jobs: BackgroundJobs): void {
    for (let index = 0; index < jobs.count; index += 1) {
      const job = new BackgroundJob(jobs, index, this.#now);
      if (this.find(job.jobId)) throw new Error(`Batch job ${job.jobId} exists already`);
      this.#background.set(job.jobId, job);
    }
  }

  get(jobId: string): SimulatedBatchJob {
    return this.#background.get(jobId) ?? this.#get(jobId);
  }

  /** All jobs, in no order. */
  all(): SimulatedBatchJob[] {
    return [...this.#jobs.values(), ...this.#background.values()];
  }

  /** The runs in the batch history, in no order. */
  history(): HistoryRow[] {
    return [...this.#history.rows(), ...[...this.#background.values()].flatMap((job) => job.history())];
  }

  /** Whether the job is Waiting, and due by F&O's clock. */
  isDue(jobId: string): boolean {
    return this.#get(jobId).isDue;
  }

  /** Sets how the job's next runs end, from the beginning of the script. */
  setScript(jobId: string, script: JobScript): void {
    this.#get(jobId).setScript(script);
  }

  /** Acts as a person in F&O's form. Waiting means that the job is to start now. */
  setStatus(jobId: string, status: BatchStatus): void {
    if (status === 'Waiting') {
      this.startNow(jobId, 'person');
      return;
    }
    const job = this.#get(jobId);
    if (status !== 'Canceled') {
      job.setStatus(status);
      return;
    }
    if (job.status === 'Executing') this.#history.add(job, 'canceled', job.scheduledAt);
    job.cancel('Admin');
    this.#listeners.changed?.('canceled', job);
  }

  /** Makes the job Waiting and due, whatever its schedule. Changes nothing if it is both already. */
  startNow(jobId: string, cause: RunCause): void {
    this.#change(jobId, (job) => job.startNow(cause));
  }

  /** SetBatchJobToWaiting. */
  setToWaiting(jobId: string): SetToWaiting {
    const job = this.#jobs.get(jobId);
    if (!job) {
      if (this.#background.has(jobId)) return this.#refuse('wrong-status', jobId, 'A background job');
      return this.#refuse('unknown-job', jobId, `There is no batch job ${jobId}`);
    }
    const { status } = job;
    return this.#change(jobId, () => {
      if (!job.requeue()) {
        return this.#refuse('wrong-status', jobId, `Batch job ${jobId} cannot go from ${status} to Waiting`);
      }
      this.#listeners.requeued?.(job);
      return { kind: 'accepted' };
    });
  }

  /** Deletes the job, as clean-up jobs do. */
  vanish(jobId: string): void {
    this.#get(jobId).setStatus('Finished');
    this.#jobs.delete(jobId);
  }

  /** Whether the job exists and nobody has set its status since `ticket` was taken. */
  unchangedSince(jobId: string, ticket: number): boolean {
    return this.#jobs.get(jobId)?.changes === ticket;
  }

  ticket(jobId: string): number {
    return this.#get(jobId).changes;
  }

  /** The pace of the job's next run. */
  nextPace(jobId: string): RunPace {
    return this.#get(jobId).nextPace;
  }

  /**
   * Moves a Waiting job, due or not, to Executing. Returns the function that ends that run. `cause` is whoever made
   * the job due unless set, or the schedule if nobody did.
   */
  begin(jobId: string, cause?: RunCause): () => BatchJobOutcome {
    const job = this.#get(jobId);
    const { scheduledAt } = job;
    const end = job.begin(cause);
    this.#listeners.changed?.('started', job);
    return () => {
      const outcome = end();
      if (outcome === 'interrupted') return outcome;
      this.#history.add(job, outcome, scheduledAt);
      this.#listeners.changed?.(outcome, job);
      this.#emitWaiting(job);
      return outcome;
    };
  }

  /** Runs `act` on the job, and reports its next start if that changed. */
  #change<T>(jobId: string, act: (job: BatchJobRecord) => T): T {
    const job = this.#get(jobId);
    const { changes } = job;
    const result = act(job);
    if (job.changes !== changes) this.#emitWaiting(job);
    return result;
  }

  #emitWaiting(job: BatchJobRecord): void {
    const { startsAt } = job;
    if (startsAt) this.#listeners.waiting?.(job, startsAt);
  }

  #refuse(kind: 'unknown-job' | 'wrong-status', jobId: string, message: string): SetToWaiting {
    this.#listeners.requeueRefused?.(jobId, message);
    return { kind, message };
  }

  #get(jobId: string): BatchJobRecord {
    const job = this.#jobs.get(jobId);
    if (!job) throw new Error(`No batch job ${jobId}`);
    return job;
  }
}
