import type { Observation } from '../outcome.ts';
import type { BatchJob, Following } from './batch-job.ts';
import {
  hasNewerEnd,
  hasNewerRun,
  isRunning,
  isSameRun,
  isTakenOut,
  isWaiting,
  latestRunAt,
  plannedStart,
} from './runs.ts';

const minute = 60_000;

/** A job that F&O starts has started after this long, in ms: the batch server looks for work once a minute. */
export const startedByMs = 5 * minute;

/**
 * The service announces a run as stuck that has not ended after this long, in ms. Batch active periods delay jobs.
 */
export const stuckAfterMs = 24 * 60 * minute;

/** What a read shows of the followed run. */
type RunState =
  | { kind: 'under way' | 'waiting' | 'quiet' | 'not started' | 'recovered' }
  | { kind: 'failed'; endedAt: Date | null }
  | { kind: 'taken out' };

export function runStateOf(
  following: Following,
  observed: Observation,
  { seen, episode }: BatchJob,
  now: Date,
): RunState {
  const { baseline, since } = following;
  const { status } = observed;
  const followedMs = now.getTime() - since.startedAt.getTime();
  const hasHadTime = followedMs >= startedByMs;
  const mayAnnounce = following.origin !== 'others' && !episode.notStartedAnnounced;
  const showsTimes = latestRunAt(observed) !== null;
  const hasChanged = since.runningAt !== null || status !== baseline.status;
  if (isRunning(status)) return { kind: isNextRun(since.quiet, observed) ? 'quiet' : 'under way' };
  if (isTakenOut(status)) {
    return status !== baseline.status || hasNewerRun(observed, baseline)
      ? { kind: 'taken out' }
      : { kind: 'waiting' };
  }
  if (status === 'Finished') {
    return hasNewerRun(observed, baseline) || (!showsTimes && hasChanged)
      ? { kind: 'recovered' }
      : { kind: 'waiting' };
  }
  if (status === 'Error') {
    const hasFailed = hasNewerEnd(observed, baseline) || (!showsTimes && hasChanged);
    if (hasFailed) return { kind: 'failed', endedAt: observed.endedAt };
    const isAsBefore = showsTimes && status === baseline.status && !hasNewerRun(observed, baseline);
    return isAsBefore && hasHadTime && mayAnnounce ? { kind: 'not started' } : { kind: 'waiting' };
  }
  if (!isWaiting(status) || !observed.isRecurring) return { kind: 'waiting' };
  if (isSameRun(seen.finishedRunEndedAt, observed.endedAt) && hasNewerEnd(observed, baseline)) {
    return { kind: 'recovered' };
  }
  // Whether the next run is due already or not: the followed one was over by then.
  if (since.quiet !== null) return { kind: 'quiet' };
  const start = plannedStart(observed, now);
  const isPlannedLater = start === 'later';
  if (hasNewerRun(observed, baseline) || (since.runningAt && isPlannedLater)) return { kind: 'quiet' };
  if (!showsTimes) {
    // A start that is due at every read for so long is not the one that the run waits for.
    const isOver = start === 'soon' ? followedMs >= stuckAfterMs : hasHadTime;
    return { kind: isOver ? 'quiet' : 'waiting' };
  }
  return hasHadTime && isPlannedLater && mayAnnounce ? { kind: 'not started' } : { kind: 'waiting' };
}

/** Whether the next run is under way already: an earlier read showed the end of the followed one. */
function isNextRun(quiet: Following['since']['quiet'], { startedAt }: Observation): boolean {
  return quiet !== null && quiet.runEndedAt !== null && startedAt !== null && startedAt > quiet.runEndedAt;
}
