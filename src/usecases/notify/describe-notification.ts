import type { Cause } from '../../domain/cause/cause.ts';
import type { Notification } from '../../domain/job/notification.ts';
import type { BatchJobKey, HistoryEntry, NewHistoryEntry } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';

/** More than an episode has, unless the service keeps deferring a failure of it. */
const maxEntries = 200;
const pageSize = 100;

/** What a subscriber gets: the notification, and its episode's history, the oldest first. */
export type NotificationBody = {
  notificationId: string;
  event: Notification['event'];
  at: Date;
  environment: string;
  jobId: string;
  description: string;
  policy: string | null;
  decision: Notification['decision'];
  retry: number | null;
  retriesUsed: number;
  maxRetries: number | null;
  reason: string;
  /** Why the run failed, as F&O worded it; null as long as that is not known. */
  cause: Pick<Cause, 'text' | 'fingerprint' | 'source'> | null;
  /** The latest entries, if there are very many. */
  timeline: readonly NewHistoryEntry[];
  /** Whether the timeline has all of the episode. */
  timelineComplete: boolean;
  /** The timeline for people, one line per entry. If it is cut, the first line says so. */
  timelineText: string;
};

export async function describeNotification(
  ports: Pick<Ports, 'ledger' | 'causes'>,
  { environment, jobId }: BatchJobKey,
  notification: Notification,
): Promise<NotificationBody> {
  const { id, event, at, failure, decision, policy, retry, retriesUsed, reason } = notification;
  const key = { environment, jobId };
  const [timeline, cause] = await Promise.all([
    episodeOf(ports, key, notification),
    ports.causes.get(key, failure.eventId),
  ]);
  return {
    notificationId: id,
    event,
    at,
    environment,
    jobId,
    description: failure.description,
    policy: policy?.name ?? null,
    decision,
    retry,
    retriesUsed,
    maxRetries: policy?.maxRetries ?? null,
    reason,
    cause: cause && { text: cause.text, fingerprint: cause.fingerprint, source: cause.source },
    timeline: timeline.entries,
    timelineComplete: timeline.isComplete,
    timelineText: toText(timeline),
  };
}

/** The latest entries of an episode, the oldest first, and whether those are all. */
type Timeline = { entries: readonly NewHistoryEntry[]; isComplete: boolean };

async function episodeOf(
  { ledger }: Pick<Ports, 'ledger'>,
  key: BatchJobKey,
  { at, episodeStartedAt }: Notification,
): Promise<Timeline> {
  const since = episodeStartedAt ?? at;
  const found: HistoryEntry[] = [];
  for (let before: string | null = null; found.length <= maxEntries;) {
    const page: HistoryEntry[] = await ledger.history(key, before, pageSize);
    const ofEpisode = page.filter((entry) => entry.at >= since);
    found.push(...ofEpisode.filter((entry) => entry.at <= at));
    before = page.at(-1)?.position ?? null;
    if (page.length < pageSize || ofEpisode.length < page.length) break;
  }
  const entries = found.slice(0, maxEntries).toReversed();
  return {
    entries: entries.map(({ position: _position, ...entry }) => entry),
    isComplete: found.length <= maxEntries,
  };
}

function toText({ entries, isComplete }: Timeline): string {
  const cut = `Only the latest ${maxEntries} entries of this episode; the job's history has all of them.`;
  return [...(isComplete ? [] : [cut]), ...entries.map(lineOf)].join('\n');
}

function lineOf({ at, kind, decision, reason }: NewHistoryEntry): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC: ${decision ?? kind}. ${reason}`;
}
