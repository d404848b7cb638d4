import type { BatchJobOutcome, SimulatedBatchJob } from './batch-job.ts';
import type { HistoryRow } from './history-entity.ts';
import { keepRecent } from './recent.ts';

type Outcome = Exclude<BatchJobOutcome, 'interrupted'> | 'canceled';

/** The runs that ended, as F&O's batch history keeps them: what becomes of a job later changes no row. */
export class BatchHistory {
  readonly #rows: { row: HistoryRow; writtenAt: Date }[] = [];
  readonly #now: () => Date;
  readonly #writtenAfterMs: number;
  #nextId = 5_700_000_000n;

  constructor(now: () => Date, writtenAfterMs = 0) {
    this.#now = now;
    this.#writtenAfterMs = writtenAfterMs;
  }

  /** Adds the run of this job that just ended. `scheduledAt` is what the entity showed when the run began. */
  add(job: SimulatedBatchJob, outcome: Outcome, scheduledAt: Date | null): void {
    const { history, historyContradicts } = job.traits;
    if (history === 'Never' || (history === 'ErrorsOnly' && outcome !== 'failed')) return;
    this.#write(job, outcome, scheduledAt);
    if (historyContradicts) this.#write(job, outcome === 'failed' ? 'finished' : 'failed', scheduledAt);
  }

  #write(job: SimulatedBatchJob, outcome: Outcome, scheduledAt: Date | null): void {
    const { endLagMs, statusLabels } = job.traits;
    const now = this.#now();
    const status = outcome === 'failed' ? 'Error' : outcome === 'finished' ? 'Finished' : 'Canceled';
    const row: HistoryRow = {
      recordId: String((this.#nextId += 1n)),
      jobId: job.jobId,
      description: job.description,
      legalEntity: job.legalEntity,
      status,
      label: statusLabels[status],
      scheduledAt,
      startedAt: job.runs.at(-1)?.startedAt ?? null,
      endedAt: new Date(now.getTime() + endLagMs),
    };
    keepRecent(this.#rows, { row, writtenAt: new Date(now.getTime() + this.#writtenAfterMs) });
  }

  /** The rows that are written by now. */
  rows(): HistoryRow[] {
    const now = this.#now();
    return this.#rows.filter(({ writtenAt }) => writtenAt <= now).map(({ row }) => row);
  }
}
