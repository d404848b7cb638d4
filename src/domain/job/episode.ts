/** A job's chain of failures since it last recovered, was reset or was quiet. */
export type Episode = {
  /** Counts from 1. */
  number: number;
  startedAt: Date | null;
  /** Requeues that F&O is known to have accepted. */
  retriesUsed: number;
  /** The `maxRetries` at which the service announced the exhaustion; null before that. */
  exhaustionAnnouncedAtMax: number | null;
  /** Whether the service announced that an accepted requeue did not start the job. */
  notStartedAnnounced: boolean;
  /**
   * The token of the latest claim that the service released as lost. F&O may still prove to have accepted its
   * request.
   */
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
