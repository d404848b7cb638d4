/** When a batch task last started, failed and finished, as far as the telemetry shows it. */
export type TaskTimes = { startedAt: Date | null; failedAt: Date | null; finishedAt: Date | null };

/**
 * How a run ended, by its tasks: failed if one of them started, failed, and did nothing since; finished if all that
 * are shown started, finished and never failed, and none may be missing. Anything else proves nothing: F&O may start a
 * task again after its failure, and rows may be lost. Null: nothing is proven.
 */
export function endByTasks(tasks: readonly TaskTimes[], isCut: boolean): 'failed' | 'finished' | null {
  const ends = new Set(tasks.map(endOfTask));
  if (ends.has('failed')) return 'failed';
  return !isCut && ends.size === 1 && ends.has('finished') ? 'finished' : null;
}

function endOfTask({ startedAt, failedAt, finishedAt }: TaskTimes): 'failed' | 'finished' | 'unclear' {
  if (startedAt === null) return 'unclear';
  if (failedAt !== null) {
    const isLast = failedAt > startedAt && (finishedAt === null || finishedAt < startedAt);
    return isLast ? 'failed' : 'unclear';
  }
  return finishedAt !== null && finishedAt >= startedAt ? 'finished' : 'unclear';
}
