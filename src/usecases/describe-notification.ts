import type { Notification } from '../policy/notification.ts';
import type { BatchJobKey, HistoryEntry, NewHistoryEntry } from '../ports/ledger.ts';
import type { Ports } from './ports.ts';

/** More than an episode has, but for one that is put off again and again. */
const maxEntries = 200;
const pageSize = 100;

/** What a subscriber gets: the notification, and the whole of its episode's history, the oldest first. */
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
  timeline: readonly NewHistoryEntry[];
  /** The timeline to be read by people, a line an entry. */
  timelineText: string;
};

export async function describeNotification(
  ports: Pick<Ports, 'ledger' | 'policyFor'>,
  { environment, jobId }: BatchJobKey,
  notification: Notification,
): Promise<NotificationBody> {
  const { id, event, at, failure, decision, retry, retriesUsed, reason } = notification;
  const policy = ports.policyFor(environment, failure);
  const timeline = await episodeOf(ports, { environment, jobId }, notification);
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
    timeline,
    timelineText: timeline.map(lineOf).join('\n'),
  };
}

async function episodeOf(
  { ledger }: Pick<Ports, 'ledger'>,
  key: BatchJobKey,
  { at, episodeStartedAt }: Notification,
): Promise<NewHistoryEntry[]> {
  const since = episodeStartedAt ?? at;
  const entries: HistoryEntry[] = [];
  for (let before: string | null = null; entries.length < maxEntries;) {
    const page: HistoryEntry[] = await ledger.history(key, before, pageSize);
    const ofEpisode = page.filter((entry) => entry.at >= since);
    entries.push(...ofEpisode.filter((entry) => entry.at <= at));
    before = page.at(-1)?.position ?? null;
    if (before === null || ofEpisode.length < page.length) break;
  }
  return entries.toReversed().map(({ position: _position, ...entry }) => entry);
}

function lineOf({ at, kind, decision, reason }: NewHistoryEntry): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC: ${decision ?? kind}. ${reason}`;
}
