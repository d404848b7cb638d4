/** What an event of a batch job reports. */
export const eventKinds = ['failed', 'finished', 'started', 'cancelled'] as const;

export type EventKind = (typeof eventKinds)[number];

/** Reads the kind that a person names, in either spelling and any case; null for any other text. */
export function parseEventKind(text: string): EventKind | null {
  const wanted = text.toLowerCase() === 'canceled' ? 'cancelled' : text.toLowerCase();
  return eventKinds.find((kind) => kind === wanted) ?? null;
}

/**
 * Maps a JobStatus to an event's kind, or to `none` for a status that none of the four events reports. Null for an
 * unknown one, such as a label in another language than English. F&O's enum BatchStatus has these symbols; `Ended`
 * is its English label for Finished. Microsoft does not document whether events carry the symbol or the user's
 * label.
 */
export function kindOfStatus(jobStatus: unknown): EventKind | 'none' | null {
  return typeof jobStatus === 'string' ? (statuses.get(jobStatus.trim().toLowerCase()) ?? null) : null;
}

const statuses = new Map<string, EventKind | 'none'>([
  ['error', 'failed'],
  ['finished', 'finished'],
  ['ended', 'finished'],
  ['executing', 'started'],
  ['canceled', 'cancelled'],
  ['cancelled', 'cancelled'],
  ['hold', 'none'],
  ['waiting', 'none'],
  ['ready', 'none'],
  ['notrun', 'none'],
  ['cancelling', 'none'],
  ['scheduled', 'none'],
]);
