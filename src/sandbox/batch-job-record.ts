import type {
  BatchEventKind,
  BatchJobOutcome,
  BatchJobRun,
  NewBatchJob,
  Recurrence,
  RunCause,
  RunPace,
  ShownJob,
  SimulatedBatchJob,
} from './batch-job.ts';
import type { BatchStatus } from './batch-status.ts';
import type { JobScript } from './job-script.ts';
import { playScript } from './job-script.ts';
import type { JobTraits } from './job-traits.ts';
import { defaultTraits } from './job-traits.ts';
import { keepRecent } from './recent.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The statuses from which the documentation lets the action move a job to waiting: "started, failed, finished or
 * canceled".
 */
const requeueable: ReadonlySet<BatchStatus> = new Set(['Executing', 'Error', 'Finished', 'Canceled']);

/** One batch job. It needs no timer: each read computes its state at the clock's time. */
export class BatchJobRecord implements SimulatedBatchJob {
  readonly jobId: string;
  readonly description: string;
  readonly legalEntity: string;
  readonly sends: readonly BatchEventKind[];
  readonly runtimeJob: boolean;
  readonly traits: JobTraits;
  readonly recurrence: Recurrence | null;
  readonly createdAt: Date;
  readonly runs: Mutable<BatchJobRun>[] = [];
  canceledBy = '';
  requeues = 0;
  /** Rises whenever someone sets the status or a run begins or ends, so that earlier plans can detect it. */
  changes = 0;
  readonly #now: () => Date;
  readonly #pace: (run: number) => RunPace;
  #fails: () => boolean;
  #status: BatchStatus;
  /** The value of OrigStartDateTime. */
  #scheduledAt: Date;
  /** When a Waiting job really starts; `#cause` says who started it. */
  #dueAt: Date;
  #cause: RunCause = 'schedule';
  /** When the job returns to Waiting by itself. */
  #returnsAt: Date | null = null;
  #startedAt: Date | null = null;
  #endedAt: Date | null = null;
  /** The end of the latest run, as long as nothing else happens to the job. */
  #end: { ticket: number; startedAt: Date | null; showsAt: Date; statusShowsAt: Date } | null = null;

  constructor(job: NewBatchJob, now: () => Date) {
    this.#now = now;
    this.jobId = job.jobId;
    this.description = job.description;
    this.legalEntity = job.legalEntity ?? 'USMF';
    this.sends = job.sends ?? ['failed'];
    this.runtimeJob = job.runtimeJob ?? false;
    this.traits = { ...defaultTraits, ...job.traits };
    this.createdAt = now();
    this.recurrence = job.recurrence ? { firstAt: this.createdAt, ...job.recurrence } : null;
    this.#scheduledAt = this.#dueAt = this.recurrence?.firstAt ?? this.createdAt;
    this.#status = job.status ?? 'Waiting';
    this.#fails = playScript(job.script);
    this.#pace = job.pace ?? (() => ({}));
  }

  /** Of the run that starts next. */
  get nextPace(): RunPace {
    return this.#pace(this.runs.length);
  }

  get status(): BatchStatus {
    this.#returnIfTime();
    return this.#status;
  }

  get scheduledAt(): Date | null {
    this.#returnIfTime();
    return this.traits.entityTellsTimes ? this.#scheduledAt : null;
  }

  get startedAt(): Date | null {
    this.#returnIfTime();
    return this.traits.entityTellsTimes ? this.#startedAt : null;
  }

  get endedAt(): Date | null {
    this.#returnIfTime();
    if (!this.traits.entityTellsTimes || !this.#endedAt) return null;
    const { endLagMs, endMoves } = this.traits;
    const isMoved = endMoves !== null && this.#now().getTime() - this.#endedAt.getTime() >= endMoves.afterMs;
    return new Date(this.#endedAt.getTime() + endLagMs + (isMoved ? endMoves.byMs : 0));
  }

  get shown(): ShownJob {
    const { status, scheduledAt, startedAt, endedAt } = this;
    const end = this.#end?.ticket === this.changes ? this.#end : null;
    if (end && this.#now() < end.showsAt)
      return { status: 'Executing', scheduledAt, startedAt: end.startedAt, endedAt: null };
    const isStatusLate = end !== null && this.#now() < end.statusShowsAt;
    return { status: isStatusLate ? 'Executing' : status, scheduledAt, startedAt, endedAt };
  }

  /** Waiting, and its start has come. */
  get isDue(): boolean {
    return this.status === 'Waiting' && this.#dueAt <= this.#now();
  }

  /** The next start if nobody sets the status before; null if there is none. */
  get startsAt(): Date | null {
    if (this.status === 'Waiting') return this.#dueAt;
    return this.#returnsAt && this.#nextOccurrence(this.#returnsAt);
  }

  setScript(script: JobScript): void {
    this.#fails = playScript(script);
  }

  setStatus(status: BatchStatus): void {
    this.#returnsAt = null;
    this.#status = status;
    this.changes += 1;
  }

  cancel(by: string): void {
    this.setStatus('Canceled');
    this.canceledBy = by;
    this.#endedAt = this.#now();
  }

  /** Makes the job Waiting and due. Changes nothing if it is both already, whoever caused that. */
  startNow(cause: RunCause, movesSchedule = true): void {
    if (this.isDue) return;
    this.setStatus('Waiting');
    this.#cause = cause;
    this.#dueAt = this.#now();
    if (this.recurrence && movesSchedule) this.#scheduledAt = this.#dueAt;
  }

  /** SetBatchJobToWaiting; false if the job's status, or a trait, forbids it. */
  requeue(): boolean {
    const { action, schedule } = this.traits;
    const waitsForSchedule = this.status === 'Waiting' && !this.isDue;
    if (waitsForSchedule && action === 'refuses') return false;
    if (this.status !== 'Waiting' && !requeueable.has(this.status)) return false;
    this.requeues += 1;
    if (!waitsForSchedule) this.startNow('requeue');
    else if (action === 'starts-now') this.startNow('requeue', schedule === 'moves');
    return true;
  }

  /** Moves a Waiting job, due or not, to Executing. Returns the function that ends that run. */
  begin(cause?: RunCause): () => BatchJobOutcome {
    if (this.status !== 'Waiting') throw new Error(`Batch job ${this.jobId} is ${this.status}, not Waiting`);
    this.setStatus('Executing');
    this.#startedAt = this.#now();
    this.#endedAt = null;
    const run: Mutable<BatchJobRun> = {
      cause: cause ?? this.#cause,
      startedAt: this.#startedAt,
      endedAt: null,
      outcome: null,
    };
    keepRecent(this.runs, run);
    const ticket = this.changes;
    return () => this.#endRun(run, ticket);
  }

  #endRun(run: Mutable<BatchJobRun>, ticket: number): BatchJobOutcome {
    run.endedAt = this.#now();
    if (this.changes !== ticket) {
      run.outcome = 'interrupted';
      return run.outcome;
    }
    const outcome = this.#fails() ? 'failed' : 'finished';
    run.outcome = outcome;
    this.setStatus(outcome === 'failed' ? 'Error' : 'Finished');
    this.#endedAt = run.endedAt;
    const { endShowsAfterMs, statusShowsAfterMs } = this.traits;
    const showsAt = new Date(run.endedAt.getTime() + endShowsAfterMs);
    const statusShowsAt = new Date(run.endedAt.getTime() + statusShowsAfterMs);
    this.#end = { ticket: this.changes, startedAt: this.startedAt, showsAt, statusShowsAt };
    if (this.recurrence) this.#returnsAt = new Date(run.endedAt.getTime() + this.traits.returnsAfterMs);
    return outcome;
  }

  #returnIfTime(): void {
    if (!this.#returnsAt || this.#now() < this.#returnsAt) return;
    this.#scheduledAt = this.#dueAt = this.#nextOccurrence(this.#returnsAt);
    this.#cause = 'schedule';
    this.#status = 'Waiting';
    this.#returnsAt = null;
    if (this.traits.times === 'cleared') this.#startedAt = this.#endedAt = null;
  }

  /** The first scheduled start later than `after`. */
  #nextOccurrence(after: Date): Date {
    if (!this.recurrence) return after;
    const { firstAt, everyMs } = this.recurrence;
    const passed = Math.floor((after.getTime() - firstAt.getTime()) / everyMs) + 1;
    return new Date(firstAt.getTime() + Math.max(0, passed) * everyMs);
  }
}
