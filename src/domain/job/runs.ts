import { addMs, latest } from '../instants.ts';
import type { Observation } from '../outcome.ts';
import type { Baseline, RunTimes } from './batch-job.ts';

const minute = 60_000;

/** Two ends are of the same run if they differ by at most this: the event and the entity are two sources. */
export const sameRunMs = 2000;

/**
 * The batch server looks for work once a minute: a start this near, in ms, comes before anything that the service
 * does.
 */
export const soonMs = 2 * minute;

/** A time further ahead of our clock than this, in ms, is not plausible. */
const implausibleMs = 24 * 60 * minute;

/** Whether two ends are of one run; false if either is unknown. */
export function isSameRun(one: Date | null, other: Date | null): boolean {
  return one !== null && other !== null && Math.abs(one.getTime() - other.getTime()) <= sameRunMs;
}

/** Whether `time` is of a newer run than the one at `other`; false if either is unknown. Both are F&O's times. */
export function isNewer(time: Date | null, other: Date | null): boolean {
  return time !== null && other !== null && time.getTime() - other.getTime() > sameRunMs;
}

/**
 * How much later the entity's end of a run may be than the event's, in ms: the batch server writes it once a
 * minute.
 */
export const endShowsLateMs = 2 * minute;

/**
 * Whether the latest run is the one that ended at `failedRunEndedAt`. A job has one run at a time, so it started
 * before.
 */
export function isOfRun(
  failedRunEndedAt: Date,
  { startedAt, endedAt }: Pick<Observation, 'startedAt' | 'endedAt'>,
): boolean {
  if (startedAt === null || endedAt === null || startedAt > failedRunEndedAt) return false;
  return endedAt.getTime() - failedRunEndedAt.getTime() <= endShowsLateMs;
}

/**
 * Whether an end is of this run: the entity and the event may tell different ends, and a job has one run at a time.
 */
export function isWithin({ startedAt, endedAt }: RunTimes, end: Date | null): boolean {
  if (isSameRun(end, endedAt)) return true;
  return end !== null && startedAt !== null && end >= startedAt && end <= endedAt;
}

/** Whether the run began after another had ended; a job has one run at a time. False if the other's end is unknown. */
export function isRunAfter({ startedAt, endedAt }: RunTimes, end: Date | null): boolean {
  if (end === null || !isNewer(endedAt, end)) return false;
  if (startedAt === null) return endedAt.getTime() - end.getTime() > endShowsLateMs;
  return startedAt.getTime() >= end.getTime() - sameRunMs;
}

/** When the latest run ended, or started if that is later; null if F&O shows neither. */
export function latestRunAt({ startedAt, endedAt }: Pick<Observation, 'startedAt' | 'endedAt'>): Date | null {
  return latest(startedAt, endedAt);
}

/** Where the planned start is: `later` than soon, due now or soon, or unknown. */
export function plannedStart(
  { scheduledAt, readAt }: Pick<Observation, 'scheduledAt' | 'readAt'>,
  now: Date,
): 'later' | 'soon' | 'unknown' {
  if (scheduledAt === null) return 'unknown';
  return scheduledAt.getTime() > (readAt ?? now).getTime() + soonMs ? 'later' : 'soon';
}

/** Whether F&O shows a run that is newer than every run of the baseline. */
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

/** Whether the latest run started after the failed one; null if the baseline did not show the failed run. */
function startsNewer(observed: Observation, baseline: Baseline): boolean | null {
  const { failedRunEndedAt, startedAt, endedAt } = baseline;
  if (failedRunEndedAt === null || startedAt === null || observed.startedAt === null) return null;
  const isShown = isSameRun(endedAt, failedRunEndedAt) || isOfRun(failedRunEndedAt, baseline);
  return isShown ? observed.startedAt > startedAt : null;
}

/** Whether F&O shows the failed run, perhaps with an end that is a little later than the event's. */
function showsFailedRun(observed: Observation, { failedRunEndedAt }: Baseline): boolean {
  return failedRunEndedAt !== null && isOfRun(failedRunEndedAt, observed);
}

/** Whether a time of F&O's is of a newer run than all that had ended when the baseline was read. */
export function isAfter(time: Date | null, baseline: Baseline): boolean {
  const readAt = readAtIfNoTimes(baseline);
  return isNewer(time, knownRunAt(baseline)) && !(time !== null && readAt !== null && time <= readAt);
}

/** A request that is sent after the baseline was read serves the failed runs that ended by this time. */
export function servedUntil(baseline: Baseline): Date | null {
  const { failedRunEndedAt, status } = baseline;
  const known = failedRunEndedAt ?? (isRunning(status) ? null : latestRunAt(baseline));
  return latest(known && addMs(known, sameRunMs), readAtIfNoTimes(baseline));
}

/**
 * Where F&O shows no times of runs, every run that ended before the read is known. Only there: F&O's answers and
 * its runs may use different clocks.
 */
function readAtIfNoTimes(baseline: Baseline): Date | null {
  return latestRunAt(baseline) === null ? baseline.readAt : null;
}

/** When the last known run ended or started: the failed one, or the latest that F&O showed. */
function knownRunAt(baseline: Baseline): Date | null {
  const { failedRunEndedAt, startedAt, status } = baseline;
  if (failedRunEndedAt) return failedRunEndedAt;
  // A run that was under way counts as newer once it has ended.
  return isRunning(status) ? startedAt && addMs(startedAt, -sameRunMs - 1) : latestRunAt(baseline);
}

export function isRunning(status: string): boolean {
  return status === 'Executing' || status === 'Ready' || status === 'Cancelling';
}

export function isWaiting(status: string): boolean {
  return status === 'Waiting' || status === 'Scheduled';
}

/** Whether a person took the job out: in these statuses the batch server does not run it. */
export function isTakenOut(status: string): boolean {
  return status === 'Canceled' || status === 'Hold' || status === 'NotRun';
}

/** Whether it is a BatchStatus by the name that F&O's enum has for it. */
export function isKnownStatus(status: string): boolean {
  const isOver = status === 'Error' || status === 'Finished';
  return isOver || isRunning(status) || isWaiting(status) || isTakenOut(status);
}

/** Null for a time more than a day ahead of our clock: no other time could be compared with it. */
export function plausible(time: Date | null, now: Date): Date | null {
  return time && time <= addMs(now, implausibleMs) ? time : null;
}
