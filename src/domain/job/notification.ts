import type { Failure } from '../failure.ts';
import type { Decision } from './decision.ts';
import { type NotificationEvent, type Outcome, type RunFinding, runFindings } from './outcomes.ts';

/** One message of the outbox. The job's record keeps it until it is published, so no crash loses it. */
export type Notification = {
  /** The same at every delivery, so that a subscriber recognizes a redelivery. */
  id: string;
  event: NotificationEvent;
  at: Date;
  failure: Failure;
  decision: Outcome | RunFinding;
  policy: Decision['policy'];
  retry: number | null;
  /** The episode's number, when it began, and how many requeues F&O accepted in it. */
  episode: number;
  episodeStartedAt: Date | null;
  retriesUsed: number;
  reason: string;
};

/** The notification that a decision publishes, or null. */
export function notificationOf(made: Decision, at: Date, id: string): Notification | null {
  const { notify: event, failure, policy, retry, episode } = made;
  const decision = announcedAs(made);
  // The text itself goes to subscribers only, and to no telemetry.
  const reason = made.about === 'cause' ? 'The cause of this failure is known now.' : made.reason;
  if (event === null || decision === null) return null;
  const { number, startedAt: episodeStartedAt, retriesUsed } = episode;
  const entry = policy && { name: policy.name, maxRetries: policy.maxRetries };
  return {
    id,
    event,
    at,
    failure,
    decision,
    policy: entry,
    retry,
    episode: number,
    episodeStartedAt,
    retriesUsed,
    reason,
  };
}

function announcedAs(made: Decision): Notification['decision'] | null {
  if (made.about === 'finding') return made.finding;
  return made.about === 'cause' ? made.announced : made.outcome;
}

/** Whether a person must act: then the log announces it, too, whoever has subscribed. */
export function needsPerson({ event }: Pick<Notification, 'event'>): boolean {
  const isFinding = runFindings.some((finding) => finding === event);
  return event === 'exhausted' || event === 'needs-attention' || isFinding;
}
