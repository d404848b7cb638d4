/** What an event of a batch job tells. */
export const eventKinds = ['failed', 'finished', 'started', 'cancelled'] as const;

export type EventKind = (typeof eventKinds)[number];

/** The kind that a person names, in either spelling and case; null for any other text. */
export function parseEventKind(text: string): EventKind | null {
  const wanted = text.toLowerCase() === 'canceled' ? 'cancelled' : text.toLowerCase();
  return eventKinds.find((kind) => kind === wanted) ?? null;
}

/**
 * What a JobStatus tells: an event's kind, or `none` for a status of a job that none of the four events is about.
 * Null for what is not known, such as a label in another language than English. F&O's enum BatchStatus has these
 * symbols; `Ended` is its English label for Finished. Whether events carry the symbol or the user's label is not
 * documented.
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
