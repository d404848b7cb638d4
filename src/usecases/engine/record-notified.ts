import type { Notification } from '../../domain/job/notification.ts';
import type { BatchJobKey } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';

/** Records a notification that is published, or that nobody subscribed to. */
export function recordNotified(
  { telemetry }: Pick<Ports, 'telemetry'>,
  { environment, jobId }: BatchJobKey,
  { id, event, at, failure, decision, retriesUsed, episodeStartedAt, reason }: Notification,
): void {
  telemetry.record({
    kind: 'notified',
    environment,
    jobId,
    description: failure.description,
    notification: event,
    notificationId: id,
    state: decision,
    retriesUsed,
    firstFailedAt: episodeStartedAt,
    reason,
    episodeMs: at.getTime() - (episodeStartedAt ?? at).getTime(),
  });
}
