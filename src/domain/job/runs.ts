import { addMs, latest } from '../instants.ts';
import type { Observation } from '../outcome.ts';
import type { Baseline } from './batch-job.ts';

const minute = 60_000;

/** Two ends are of the same run if they differ by at most this: the event and the entity are two sources. */
export const sameRunMs = 2000;

/** The batch server looks for work once a minute: a start so near will come before anything that we do. */
export const soonMs = 2 * minute;

/** Ends that lie further ahead of our clock tell nothing. */
const implausibleMs = 24 * 60 * minute;

/** Whether two ends are of one run, as far as both are told. */
export function isSameRun(one: Date | null, other: Date | null): boolean {
  return one !== null && other !== null && Math.abs(one.getTime() - other.getTime()) <= sameRunMs;
}

/** Whether `time` is of a newer run than the one at `other`; false where either is not told. Both are F&O's. */
export function isNewer(time: Date | null, other: Date | null): boolean {
  return time !== null && other !== null && time.getTime() - other.getTime() > sameRunMs;
}

/** The entity may show a run's end so much later than its event, in ms: the batch server writes it once a minute. */
const endShowsLateMs = 2 * minute;

/** Whether the latest run is the one at `failedRunEndedAt`: it started before that, for a job has one run at a time. */
export function isOfRun(
  failedRunEndedAt: Date,
  { startedAt, endedAt }: Pick<Observation, 'startedAt' | 'endedAt'>,
): boolean {
  if (startedAt === null || endedAt === null || startedAt > failedRunEndedAt) return false;
  return endedAt.getTime() - failedRunEndedAt.getTime() <= endShowsLateMs;
}

/** When the latest run ended, or started where that is later; null if F&O does not tell. */
export function latestRunAt({ startedAt, endedAt }: Pick<Observation, 'startedAt' | 'endedAt'>): Date | null {
  return latest(startedAt, endedAt);
}

/** Where the planned start is: `later` than soon, due now or soon, or not told. */
export function plannedStart(
  { scheduledAt, readAt }: Pick<Observation, 'scheduledAt' | 'readAt'>,
  now: Date,
): 'later' | 'soon' | 'not told' {
  if (scheduledAt === null) return 'not told';
  return scheduledAt.getTime() > (readAt ?? now).getTime() + soonMs ? 'later' : 'soon';
}

/** Whether F&O shows a run that is newer than all that the baseline knew. */
export function hasNewerRun(observed: Observation, baseline: Baseline): boolean {
  const byStart = startsNewer(observed, baseline);
  return byStart ?? (!showsFailedRun(observed, baseline) && isAfter(latestRunAt(observed), baseline));
}

/** Whether F&O shows that a newer run ended. */
export function hasNewerEnd(observed: Observation, baseline: Baseline): boolean {
  const { startedAt, endedAt } = observed;
  const byStart = startsNewer(observed, baseline);
  if (byStart !== null) return byStart && startedAt !== null && endedAt !== null && endedAt >= startedAt;
  return !showsFailedRun(observed, baseline) && isAfter(endedAt, baseline);
}

/** Whether a run is newer than the failed one by its start, however short; null if the baseline did not show that run. */
function startsNewer(observed: Observation, baseline: Baseline): boolean | null {
  const { failedRunEndedAt, startedAt, endedAt } = baseline;
  if (failedRunEndedAt === null || startedAt === null || observed.startedAt === null) return null;
  const isShown = isSameRun(endedAt, failedRunEndedAt) || isOfRun(failedRunEndedAt, baseline);
  return isShown ? observed.startedAt > startedAt : null;
}

/** F&O may show the end of the failed run late. */
function showsFailedRun(observed: Observation, { failedRunEndedAt }: Baseline): boolean {
  return failedRunEndedAt !== null && isOfRun(failedRunEndedAt, observed);
}

/** Whether a time of F&O's is of a newer run than all that were over when the baseline was read. */
export function isAfter(time: Date | null, baseline: Baseline): boolean {
  const readAt = readAtOfUntoldRuns(baseline);
  return isNewer(time, knownRunAt(baseline)) && !(time !== null && readAt !== null && time <= readAt);
}

/** Failed runs that ended until then are served by a request that was sent after the baseline was read. */
export function servedUntil(baseline: Baseline): Date | null {
  const { failedRunEndedAt, status } = baseline;
  const known = failedRunEndedAt ?? (isRunning(status) ? null : latestRunAt(baseline));
  return latest(known && addMs(known, sameRunMs), readAtOfUntoldRuns(baseline));
}

/**
 * Where F&O tells no times of runs, those that ended before the read are over. Only there: nobody says that the clock
 * of F&O's answers is that of its runs.
 */
function readAtOfUntoldRuns(baseline: Baseline): Date | null {
  return latestRunAt(baseline) === null ? baseline.readAt : null;
}

/** The run after which every run is new: the failed one, or the latest that F&O told of. */
function knownRunAt(baseline: Baseline): Date | null {
  const { failedRunEndedAt, startedAt, status } = baseline;
  if (failedRunEndedAt) return failedRunEndedAt;
  // The end of a run that was under way is news.
  return isRunning(status) ? startedAt && addMs(startedAt, -sameRunMs - 1) : latestRunAt(baseline);
}

export function isRunning(status: string): boolean {
  return status === 'Executing' || status === 'Ready' || status === 'Cancelling';
}

export function isWaiting(status: string): boolean {
  return status === 'Waiting' || status === 'Scheduled';
}

/** BatchStatus of a job that a person took out of the batch server's hands. */
export function isTakenOut(status: string): boolean {
  return status === 'Canceled' || status === 'Hold' || status === 'NotRun';
}

/** An end more than a day ahead of our clock is none that others could be compared with. */
export function plausible(time: Date | null, now: Date): Date | null {
  return time && time <= addMs(now, implausibleMs) ? time : null;
}
