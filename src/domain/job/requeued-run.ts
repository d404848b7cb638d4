import type { BatchJob, Following } from './batch-job.ts';
import { isAfter } from './runs.ts';

/**
 * Remembers whose requeue a run was, when the service stops following it because it has ended: nothing in F&O says who
 * started a run.
 */
export function noteRequeuedRun(before: BatchJob | null, after: BatchJob): BatchJob {
  const followed = before?.phase;
  if (followed?.kind !== 'following' || followed.origin === 'others' || isFollowedOn(followed, after))
    return after;
  const endedAt = followed.since.quiet?.runEndedAt ?? after.seen.runEndedAt;
  if (endedAt === null || !isAfter(endedAt, followed.baseline)) return after;
  return { ...after, seen: { ...after.seen, requeuedRun: { endedAt, by: followed.origin } } };
}

function isFollowedOn({ since }: Following, { phase }: BatchJob): boolean {
  return phase.kind === 'following' && phase.since.startedAt.getTime() === since.startedAt.getTime();
}
