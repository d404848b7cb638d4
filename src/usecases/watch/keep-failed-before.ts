import type { BatchJob } from '../../domain/job/batch-job.ts';
import { failedBefore, mayBeKnown, toldLate } from '../../domain/watch/failed-before.ts';
import type { Run } from '../../domain/watch/run.ts';
import type { Ports } from '../../ports/ports.ts';
import type { StoredRun } from '../../ports/runs.ts';

/** How many of the job's latest runs are read. */
const latest = 50;

/**
 * Keeps the failed runs that events reported before this one, and that no look has, or not as failed. `others` are not
 * kept yet.
 */
export async function keepFailedBefore(
  { runs }: Pick<Ports, 'runs'>,
  run: Run,
  job: BatchJob | null,
  others: readonly Run[],
): Promise<void> {
  let stored: readonly Run[] | null = null;
  let next = run;
  for (const before of failedBefore(run, job)) {
    if (!mayBeKnown(before, next, others)) {
      stored ??= withoutPositions(await runs.ofJob(run, null, latest));
      const told = mayBeKnown(before, next, stored) ? toldLate(before, stored) : before;
      if (told) await runs.put(told);
    }
    next = before;
  }
}

function withoutPositions(stored: readonly StoredRun[]): Run[] {
  return stored.map(({ position: _position, ...run }) => run);
}
