import { addMs } from '../../domain/instants.ts';
import type { BatchJob, RunTimes } from '../../domain/job/batch-job.ts';
import { endByTasks, taskWindow } from '../../domain/watch/end-by-tasks.ts';
import { runBefore } from '../../domain/watch/run-before.ts';
import type { Run } from '../../domain/watch/run.ts';
import { askWithin } from '../engine/deadline.ts';
import type { Engine } from '../engine/run-job.ts';
import type { AskedOnce } from './asked-runs.ts';

/** How many runs of a job are searched for the one before: between a run and the question lie few. */
const keptRuns = 50;

/** How long one answer may take, in ms. */
const answerMs = 10_000;

/** What the customer's telemetry says of runs that F&O does not tell of. One look stops at a fault. */
export class TelemetryEnds {
  readonly #engine: Engine;
  readonly #aheadMs: number;
  readonly #asked: AskedOnce;

  /** `aheadMs`: how far F&O's times of runs are ahead of its clock, and so of the telemetry's. */
  constructor(engine: Engine, asked: AskedOnce, aheadMs: number) {
    this.#engine = engine;
    this.#asked = asked;
    this.#aheadMs = aheadMs;
  }

  /** Whether an environment's telemetry can be asked. */
  hasTelemetry(environment: string): boolean {
    return this.#engine.ports.failureTexts(environment) !== null;
  }

  /**
   * The run, with its end if its tasks say beyond doubt how it ended; null if it was not its turn, or no answer came. `job` is its record.
   */
  async tell(run: Run, job: BatchJob | null): Promise<Run | null> {
    const { clock, forcefulStop, failureTexts, runs } = this.#engine.ports;
    const texts = failureTexts(run.environment);
    if (!texts || !this.#asked.take(run)) return null;
    const before = runBefore(run, await runs.ofJob(run, null, keptRuns), job);
    const own = this.#byTelemetry(run);
    const earlier = before && this.#byTelemetry(before);
    const query = { jobId: run.jobId, window: taskWindow(own, earlier) };
    const found = await askWithin(clock, answerMs, forcefulStop, (signal) => texts.tasks(query, signal));
    if (found.kind !== 'found') {
      this.#asked.stop();
      return null;
    }
    this.#asked.noteAnswer(run);
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
