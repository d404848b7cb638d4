import type { BatchJob, Decided } from './batch-job.ts';
import type { Failure } from './failure.ts';

/** What people and flows can be told of. A failure that a retry healed is no news: only its recovery is. */
export const notificationEvents = ['exhausted', 'requeued', 'recovered', 'needs-attention'] as const;

export type NotificationEvent = (typeof notificationEvents)[number];

/** One thing to be told. It stands in the job's record until it was, so that no crash loses it. */
export type Notification = {
  /** The same at every delivery: what tells a second delivery from a second event. */
  id: string;
  event: NotificationEvent;
  at: Date;
  failure: Failure;
  decision: Decided['decision'];
  retry: number | null;
  /** The job's how-manieth, when it began, and how many requeues F&O accepted in it. */
  episode: number;
  episodeStartedAt: Date | null;
  retriesUsed: number;
  reason: string;
};

/** What is to be told of a decision, if anything is. `job` is the record that is written with it. */
export function notificationOf(made: Decided, job: BatchJob, at: Date, id: string): Notification | null {
  const event = eventOf(made);
  if (event === null) return null;
  const { failure, decision, retry, reason, endedEpisode } = made;
  const { episode, episodeStartedAt, retriesUsed } = endedEpisode ?? job;
  return { id, event, at, failure, decision, retry, episode, episodeStartedAt, retriesUsed, reason };
}

function eventOf({ decision, announce }: Decided): NotificationEvent | null {
  if (announce) return decision === 'exhausted' ? 'exhausted' : 'needs-attention';
  return decision === 'requeued' || decision === 'recovered' ? decision : null;
}
