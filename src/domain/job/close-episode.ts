import { inWords } from '../in-words.ts';
import { latest } from '../instants.ts';
import { type BatchJob, endEpisode, type Following } from './batch-job.ts';
import { type Decision, runDecision } from './decision.ts';
import type { Context, Draft } from './job-event.ts';

/** Ends an episode as healed: a run ended without error. */
export function recover(
  draft: Draft,
  { failure, retry }: Pick<Following, 'failure' | 'retry'>,
  endedAt: Date | null,
  context: Context,
): Draft {
  const { job } = draft;
  const { retriesUsed, startedAt } = job.episode;
  const tookMs = context.now.getTime() - (startedAt ?? context.now).getTime();
  const retries = `${retriesUsed} ${retriesUsed === 1 ? 'retry' : 'retries'}`;
  const reason = `The job ran without error after ${retries}, ${inWords(Math.max(0, tookMs))} after it first failed.`;
  const made = runDecision(job, failure, 'recovered', reason, {
    retry,
    policy: context.policyFor(failure),
    notify: 'recovered',
  });
  return end(draft, endedAt, made);
}

/** Ends an episode without another requeue: a person took the job out. */
export function cancel(
  draft: Draft,
  { failure, retry }: Pick<Following, 'failure' | 'retry'>,
  reason: string,
  context: Context,
): Draft {
  const made = runDecision(draft.job, failure, 'canceled', reason, {
    retry,
    policy: context.policyFor(failure),
  });
  return end(draft, null, made);
}

/** A run of others that heals a job without a retry of ours needs no announcement. */
export function mustAnnounceEnd({ episode }: BatchJob, { origin }: Pick<Following, 'origin'>): boolean {
  return origin !== 'others' || episode.retriesUsed > 0;
}

export function end(draft: Draft, endedAt: Date | null, ...made: Decision[]): Draft {
  const { job } = draft;
  const seen = { ...job.seen, runEndedAt: latest(job.seen.runEndedAt, endedAt) };
  return { job: endEpisode({ ...job, seen }), decisions: [...draft.decisions, ...made] };
}
