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

/** By then a job that F&O starts has started: the batch server looks once a minute. */
export const startedByMs = 5 * minute;

/** What a read shows of a run that is followed. */
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
  const hasHadTime = now.getTime() - since.startedAt.getTime() >= startedByMs;
  const canTell = following.origin !== 'others' && !episode.notStartedAnnounced;
  const isTold = latestRunAt(observed) !== null;
  const hasChanged = since.runningAt !== null || status !== baseline.status;
  if (isRunning(status)) return { kind: isNextRun(since.quiet, observed) ? 'quiet' : 'under way' };
  if (isTakenOut(status)) {
    return status !== baseline.status || hasNewerRun(observed, baseline)
      ? { kind: 'taken out' }
      : { kind: 'waiting' };
  }
  if (status === 'Finished') {
    return hasNewerRun(observed, baseline) || (!isTold && hasChanged)
      ? { kind: 'recovered' }
      : { kind: 'waiting' };
  }
  if (status === 'Error') {
    const hasFailed = hasNewerEnd(observed, baseline) || (!isTold && hasChanged);
    if (hasFailed) return { kind: 'failed', endedAt: observed.endedAt };
    const isAsBefore = isTold && status === baseline.status && !hasNewerRun(observed, baseline);
    return isAsBefore && hasHadTime && canTell ? { kind: 'not started' } : { kind: 'waiting' };
  }
  if (!isWaiting(status) || !observed.isRecurring) return { kind: 'waiting' };
  if (isSameRun(seen.finishedRunEndedAt, observed.endedAt) && hasNewerEnd(observed, baseline)) {
    return { kind: 'recovered' };
  }
  const start = plannedStart(observed, now);
  const isPlannedLater = start === 'later';
  if (hasNewerRun(observed, baseline) || (since.runningAt && isPlannedLater)) return { kind: 'quiet' };
  if (!isTold) return hasHadTime && start !== 'soon' ? { kind: 'quiet' } : { kind: 'waiting' };
  return hasHadTime && isPlannedLater && canTell ? { kind: 'not started' } : { kind: 'waiting' };
}

/** Whether what runs is the next run already: the one that is followed was seen to have ended before. */
function isNextRun(quiet: Following['since']['quiet'], { startedAt }: Observation): boolean {
  return quiet !== null && quiet.runEndedAt !== null && startedAt !== null && startedAt > quiet.runEndedAt;
}
