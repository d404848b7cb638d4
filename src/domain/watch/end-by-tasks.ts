import { clockSlackMs, type RunWindow, windowOf } from '../cause/run-window.ts';
import { addMs, latest } from '../instants.ts';
import type { RunTimes } from '../job/batch-job.ts';

/** When a batch task last started, failed and finished, as far as the telemetry shows it. */
export type TaskTimes = { startedAt: Date | null; failedAt: Date | null; finishedAt: Date | null };

/** F&O may show the end of a run in whole seconds. */
const secondMs = 1000;

/** The time whose tasks tell how a run ended: that of the run before too, if that ended right before. */
export function taskWindow(run: RunTimes, before: RunTimes | null): RunWindow {
  const own = windowOf(run, null);
  const isNear = before !== null && addMs(before.endedAt, clockSlackMs) > own.fromAt;
  return isNear ? { ...own, fromAt: windowOf(before, null).fromAt } : own;
}

/**
 * How a run ended, by its tasks: failed if one of them started, failed, and did nothing since; finished if all that
 * are shown started, finished and never failed, and none may be missing. Anything else proves nothing: F&O may start a
 * task again after its failure, and rows may be lost. Null: nothing is proven. What was written about the end of the
 * run before may be of either run, unless the task started in that run and does not show in this one.
 */
export function endByTasks(
  tasks: readonly TaskTimes[],
  isCut: boolean,
  run: RunTimes,
  before: RunTimes | null,
): 'failed' | 'finished' | null {
  const beforeUntil = before && addMs(before.endedAt, clockSlackMs);
  const times = {
    beforeEndedAt: before?.endedAt ?? null,
    beforeUntil,
    ownFrom: latest(run.startedAt, beforeUntil),
    startsUntil: addMs(run.endedAt, secondMs),
  };
  const ends = new Set(tasks.map((task) => endOfTask(task, times)));
  ends.delete('before');
  if (ends.has('failed')) return 'failed';
  return !isCut && ends.size === 1 && ends.has('finished') ? 'finished' : null;
}

type Times = {
  beforeEndedAt: Date | null;
  /** Until then, an end of a task may be of the run before. */
  beforeUntil: Date | null;
  /** Since then, it is of this run. */
  ownFrom: Date | null;
  startsUntil: Date;
};

function endOfTask(task: TaskTimes, times: Times): 'before' | 'failed' | 'finished' | 'unclear' {
  const { startedAt, failedAt, finishedAt } = task;
  const { beforeEndedAt, beforeUntil, ownFrom, startsUntil } = times;
  if (startedAt === null || startedAt > startsUntil) return 'unclear';
  if (beforeEndedAt && beforeUntil && startedAt <= beforeEndedAt) {
    const last = latest(failedAt, finishedAt);
    return last !== null && last <= beforeUntil ? 'before' : 'unclear';
  }
  const isOwn = (at: Date) => ownFrom === null || at > ownFrom;
  if (failedAt !== null && (beforeEndedAt === null || failedAt > beforeEndedAt)) {
    const isLast = failedAt > startedAt && (finishedAt === null || finishedAt < startedAt);
    return isLast && isOwn(failedAt) ? 'failed' : 'unclear';
  }
  return finishedAt !== null && finishedAt >= startedAt && isOwn(finishedAt) ? 'finished' : 'unclear';
}
