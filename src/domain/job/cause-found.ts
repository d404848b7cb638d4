import type { BatchJob } from './batch-job.ts';
import { causeDecision } from './decision.ts';
import { changed, type Context, type JobEvent, type Transition, unchanged } from './job-event.ts';

/**
 * Notes why a run failed: in the history, and by a notification of its own if the failure was announced before.
 * Otherwise a later announcement brings the cause with it. `isKnown` says whether this was noted before.
 */
export function noteCause(
  job: BatchJob,
  { failure, cause }: Extract<JobEvent, { kind: 'cause-found' }>,
  context: Context,
): Transition {
  if (context.isKnown) return unchanged('The cause of this failure is known.');
  const wasAnnounced = job.announced?.eventId === failure.eventId;
  const made = causeDecision(job, failure, cause, {
    policy: context.policyFor(failure),
    ...(wasAnnounced && job.announced ? { notify: 'cause', announced: job.announced.decision } : {}),
  });
  return changed({ job, decisions: [made] });
}
