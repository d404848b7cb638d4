import { addMs } from '../../domain/instants.ts';
import type { BatchJob, RunTimes } from '../../domain/job/batch-job.ts';
import { endByTasks, taskWindow } from '../../domain/watch/end-by-tasks.ts';
import { runBefore } from '../../domain/watch/run-before.ts';
import type { Run } from '../../domain/watch/run.ts';
import { askWithin } from '../engine/deadline.ts';
import type { Engine } from '../engine/run-job.ts';

/** How long after its end, in ms, the customer's telemetry may still say how a run ended: its rows come minutes late. */
export const telemetryLateMs = 3_600_000;

/**
 * How long after its end a run is asked about, in ms: a row that says that a failed task ran again must not be missing.
 */
export const telemetryCompleteMs = 15 * 60_000;

/** How many runs of a job are searched for the one before: between a run and the question lie few. */
const keptRuns = 50;

/** How many runs one look asks about, and how long one answer may take, in ms. */
const maxQuestions = 20;
const answerMs = 10_000;

/** What the customer's telemetry says of runs that F&O does not tell of. One look asks a few times, and stops at a fault. */
export class TelemetryEnds {
  readonly #engine: Engine;
  readonly #aheadMs: number;
  #left = maxQuestions;

  /** `aheadMs`: how far F&O's times of runs are ahead of its clock, and so of the telemetry's. */
  constructor(engine: Engine, aheadMs: number) {
    this.#engine = engine;
    this.#aheadMs = aheadMs;
  }

  /** Whether an environment's telemetry can be asked. */
  hasTelemetry(environment: string): boolean {
    return this.#engine.ports.failureTexts(environment) !== null;
  }

  /**
   * The run, with its end if its tasks say beyond doubt how it ended; null if there was no answer. `job` is its record.
   */
  async tell(run: Run, job: BatchJob | null): Promise<Run | null> {
    const { clock, forcefulStop, failureTexts, runs } = this.#engine.ports;
    const texts = failureTexts(run.environment);
    if (!texts || this.#left <= 0) return null;
    this.#left -= 1;
    const before = runBefore(run, await runs.ofJob(run, null, keptRuns), job);
    const own = this.#byTelemetry(run);
    const earlier = before && this.#byTelemetry(before);
    const query = { jobId: run.jobId, window: taskWindow(own, earlier) };
    const found = await askWithin(clock, answerMs, forcefulStop, (signal) => texts.tasks(query, signal));
    if (found.kind !== 'found') {
      this.#left = 0;
      return null;
    }
    const end = endByTasks(found.tasks, found.isCut, own, earlier);
    return end ? { ...run, end, learned: 'telemetry' } : run;
  }

  /** The times of a run by the telemetry's clock. */
  #byTelemetry({ startedAt, endedAt }: RunTimes): RunTimes {
    return {
      startedAt: startedAt && addMs(startedAt, -this.#aheadMs),
      endedAt: addMs(endedAt, -this.#aheadMs),
    };
  }
}
