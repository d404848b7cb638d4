import { addMs, latest } from '../instants.ts';
import { delayMs } from '../retry-policy/delays.ts';
import type { RetryPolicy } from '../retry-policy/retry-policy.ts';
import type { FailureOutcome } from './outcomes.ts';

/** One entry of a job's history, as far as a preview needs it. */
export type Recorded = {
  at: Date;
  /** `failure`, the outcome of a run (`recovered`, `canceled`, `stuck`), or what a person asked for. */
  kind: string;
  eventId: string;
  decision: FailureOutcome | null;
  retry: number | null;
};

/** What a policy would have decided on a job's failures, beside what the service decided. */
export type Preview = {
  failures: number;
  requeued: number;
  wouldRequeue: number;
  wouldExhaust: number;
  /** The service would have sent nothing: no entry lists the job, or the entry is off or in shadow mode. */
  wouldIgnore: number;
};

/** The entries of one failure: it has one for each deferral. */
type Outcome = { first: Recorded; last: Recorded; requeuedAt: Date | null };

type Episode = {
  used: number;
  lastActiveAt: Date | null;
  /** Until when an earlier failure is open. */
  openUntil: Date | null;
  /** Whether F&O accepted a requeue and the history shows no end of its run. */
  isRequeueOpen: boolean;
};

const newEpisode: Episode = { used: 0, lastActiveAt: null, openUntil: null, isRequeueOpen: false };

/** Decisions that no policy changes: the failure no longer stood, F&O refused, or a person had paused the job. */
const notForPolicy: readonly FailureOutcome[] = ['duplicate', 'superseded', 'gone', 'refused', 'paused'];

/**
 * Replays a job's history, the oldest entry first, under another policy; null means that no entry lists the job.
 * It keeps the failures as they came: nobody can know how a run would have ended that never took place.
 * A retry by hand costs the budget that it cost, and does not count as a failure.
 */
export function preview(history: readonly Recorded[], policy: RetryPolicy | null): Preview {
  const outcomes = outcomesOf(history);
  const result: Preview = { failures: 0, requeued: 0, wouldRequeue: 0, wouldExhaust: 0, wouldIgnore: 0 };
  let episode = newEpisode;
  for (const entry of history) {
    if (entry.kind !== 'failure') {
      episode = afterOther(episode, entry, policy);
      continue;
    }
    const outcome = outcomes.get(entry.eventId);
    if (isByHand(entry)) {
      episode = afterByHand(episode, entry);
    } else if (outcome?.first === entry) {
      result.failures += 1;
      if (outcome.requeuedAt) result.requeued += 1;
      if (policy?.mode === 'retry') episode = applyPolicy(result, episode, outcome, policy);
      else result.wouldIgnore += 1;
    }
  }
  return result;
}

/** Applies the policy to one failure. */
function applyPolicy(
  result: Preview,
  before: Episode,
  { first, last, requeuedAt }: Outcome,
  policy: RetryPolicy,
): Episode {
  const { at } = first;
  const current = inItsEpisode(before, policy.resetAfterMs, at);
  const seen: Episode = {
    ...current,
    lastActiveAt: latest(latest(current.lastActiveAt, at), requeuedAt),
    openUntil: latest(current.openUntil, last.at),
    isRequeueOpen: requeuedAt !== null,
  };
  if (last.decision && notForPolicy.includes(last.decision)) return seen;
  if (seen.used >= policy.maxRetries) {
    result.wouldExhaust += 1;
    return seen;
  }
  result.wouldRequeue += 1;
  const wouldBeAt = requeuedAt ?? addMs(at, delayMs(policy, seen.used));
  return { ...seen, used: seen.used + 1, lastActiveAt: latest(seen.lastActiveAt, wouldBeAt) };
}

function afterOther(episode: Episode, { kind, at }: Recorded, policy: RetryPolicy | null): Episode {
  switch (kind) {
    case 'recovered':
    case 'canceled':
    case 'reset':
      return newEpisode;
    case 'retry':
      return policy ? inItsEpisode(episode, policy.resetAfterMs, at) : episode;
    case 'ended':
    case 'not-started':
    case 'stuck':
    case 'gone':
      return { ...episode, isRequeueOpen: false };
    default:
      return episode;
  }
}

/** F&O's own action by hand is not a retry of the episode: it has no number and costs no budget. */
function afterByHand(episode: Episode, { decision, retry, at }: Recorded): Episode {
  if (decision !== 'requeued') return episode;
  return {
    ...episode,
    used: episode.used + (retry === null ? 0 : 1),
    lastActiveAt: latest(episode.lastActiveAt, at),
    isRequeueOpen: retry !== null,
  };
}

/**
 * A job that was quiet for `resetAfterMs` starts a new episode; one with an open failure or requeue is not quiet.
 */
function inItsEpisode(episode: Episode, resetAfterMs: number, at: Date): Episode {
  const { lastActiveAt, openUntil, isRequeueOpen } = episode;
  const isOpen = isRequeueOpen || (openUntil !== null && openUntil >= at);
  const isQuiet = !isOpen && lastActiveAt !== null && at.getTime() - lastActiveAt.getTime() >= resetAfterMs;
  return isQuiet ? newEpisode : episode;
}

function isByHand({ eventId }: Recorded): boolean {
  return eventId.startsWith('BY-HAND-');
}

function outcomesOf(history: readonly Recorded[]): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  for (const entry of history) {
    if (entry.kind !== 'failure') continue;
    const before = outcomes.get(entry.eventId);
    const requeuedAt = entry.decision === 'requeued' ? entry.at : (before?.requeuedAt ?? null);
    outcomes.set(entry.eventId, { first: before?.first ?? entry, last: entry, requeuedAt });
  }
  return outcomes;
}
