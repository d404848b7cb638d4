import type { BatchJob } from '../../domain/job/batch-job.ts';
import { failedBefore, mayBeKnown } from '../../domain/watch/failed-before.ts';
import type { Run } from '../../domain/watch/run.ts';
import type { Ports } from '../../ports/ports.ts';

/** How many of the job's latest runs are read. */
const latest = 50;

/** Keeps the failed runs that events reported before this one, and that no look has. `others` are not kept yet. */
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
      stored ??= await runs.ofJob(run, null, latest);
      if (!mayBeKnown(before, next, stored)) await runs.put(before);
    }
    next = before;
  }
}
