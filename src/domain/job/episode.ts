/** A job's chain of failures since it last recovered, was reset or was quiet. */
export type Episode = {
  /** Counts from 1. */
  number: number;
  startedAt: Date | null;
  /** Requeues that F&O is known to have accepted. */
  retriesUsed: number;
  /** The `maxRetries` at which its exhaustion was announced; null while it was not. */
  exhaustionAnnouncedAtMax: number | null;
  /** Whether people were told that a requeue was accepted and did not start the job. */
  notStartedAnnounced: boolean;
  /** The claim whose request was taken for lost last: it may turn out to have been accepted. */
  releasedClaim: string | null;
};

export function newEpisode(number: number): Episode {
  return {
    number,
    startedAt: null,
    retriesUsed: 0,
    exhaustionAnnouncedAtMax: null,
    notStartedAnnounced: false,
    releasedClaim: null,
  };
}
