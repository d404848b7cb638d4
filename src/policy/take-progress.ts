import { latest } from './instants.ts';
import { type BatchJob, type Decided, decided, endedEpisode, endEpisode } from './batch-job.ts';
import type { Failure } from './failure.ts';
import { plausibleEnd } from './run-times.ts';

/** What F&O tells of a batch job beside its failures. */
export type Progress = 'started' | 'finished' | 'canceled';

/**
 * Takes in that a job finished or was canceled: its run of failures is over, and what waited is moot.
 * Null if that changes nothing: it is no news, or a request of ours is unsettled, which the job's status settles.
 */
export function takeProgress(
  job: BatchJob,
  progress: Progress,
  told: Failure,
  now: Date,
): { job: BatchJob; decided: Decided[] } | null {
  const { waiting, followUp } = job;
  const event = { ...told, endedAt: plausibleEnd(told.endedAt, now) };
  const isNews = event.endedAt !== null && (job.lastEndedAt === null || event.endedAt > job.lastEndedAt);
  if (progress === 'started' || !isNews || job.claim) return null;

  const lastEndedAt = latest(job.lastEndedAt, event.endedAt);
  const isOfRequeue =
    followUp?.kind !== 'requeue' || (event.endedAt !== null && event.endedAt > followUp.requeuedAt);
  const isOpen = waiting !== null || followUp !== null || job.retriesUsed > 0;
  if (!isOpen || !isOfRequeue || waiting?.failure.endedAt === null)
    return { job: { ...job, lastEndedAt }, decided: [] };

  const ended = { ...endEpisode(job), waiting: null, lastEndedAt };
  const moot = waiting
    ? [
        decided(
          waiting.failure,
          'superseded',
          `The job ${progress === 'canceled' ? 'was canceled' : 'finished'} since: nothing was sent.`,
        ),
      ]
    : [];
  if (progress === 'canceled') {
    const reason = 'The job was canceled in F&O: its episode ends without another requeue.';
    return { job: { ...ended, state: 'canceled' }, decided: [...moot, decided(event, 'canceled', reason)] };
  }
  const retries = `${job.retriesUsed} ${job.retriesUsed === 1 ? 'retry' : 'retries'}`;
  const reason = `The job finished without error after ${retries} in this episode.`;
  return {
    job: { ...ended, state: 'recovered' },
    decided: [...moot, decided(event, 'recovered', reason, { endedEpisode: endedEpisode(job) })],
  };
}
