import type { BatchJob } from '../../domain/job/batch-job.ts';
import { failedBefore, mayBeKnown } from '../../domain/watch/failed-before.ts';
import type { Run } from '../../domain/watch/run.ts';
import type { Ports } from '../../ports/ports.ts';

/** How many of the job's latest runs are read. */
const latest = 10;

/** Keeps the failed run that an event reported before this one, if no look has. `others` are not kept yet. */
export async function keepFailedBefore(
  { runs }: Pick<Ports, 'runs'>,
  run: Run,
  job: BatchJob | null,
  others: readonly Run[],
): Promise<void> {
  const before = failedBefore(run, job);
  if (!before || mayBeKnown(before, run, others)) return;
  if (!mayBeKnown(before, run, await runs.ofJob(run, null, latest))) await runs.put(before);
}
