import type { Observation } from '../outcome.ts';
import { isNewer, isOfRun, isRunning, isTakenOut, isWaiting, latestRunAt, plannedStart } from './runs.ts';

/** What a read of the job in F&O means for a failure whose run ended at E. */
export type Verdict =
  /** Nothing newer has happened: a requeue is due. */
  | 'stands'
  /** F&O shows the job as it was before the failed run ended: the service reads it again. */
  | 'not yet'
  /** The schedule, a person or F&O was faster: the service sends nothing, and follows the run. */
  | 'runs'
  /** A newer run ended well: the service sends nothing, and the episode ends. */
  | 'healed'
  /** A person took the job out: the service sends nothing, and the episode ends. */
  | 'taken-out'
  /** The service sends nothing. */
  | 'superseded'
  /** The service sends nothing, and a person must look. */
  | 'not known';

export type StandsRow = {
  status: string;
  latestRun: 'before E' | 'E' | 'newer' | 'unknown' | 'E, or unknown' | 'any';
  plannedStart: 'later' | 'soon' | 'unknown' | 'any';
  isRecurring: boolean | null;
  meaning: string;
  verdict: Verdict;
};

const notShownYet = 'it does not show yet that the failed run ended';

/**
 * The table "What still stands": the first row that fits decides. docs/reference/what-still-stands.md shows it, and
 * tests play each row.
 */
export const standsTable: readonly StandsRow[] = [
  row('Error', 'any', 'any', null, 'the job failed', 'stands'),
  row('Waiting', 'before E', 'soon', null, notShownYet, 'not yet'),
  row('running', 'before E', 'any', null, notShownYet, 'not yet'),
  row('Finished', 'before E', 'any', null, notShownYet, 'not yet'),
  row('Waiting', 'newer', 'any', null, 'it ran again meanwhile', 'runs'),
  row('Waiting', 'E, or unknown', 'later', null, 'a recurring job that waits for its schedule', 'stands'),
  row('Waiting', 'E, or unknown', 'soon', null, 'it is about to start', 'runs'),
  row('Waiting', 'any', 'unknown', true, 'a recurring job that waits', 'stands'),
  row('Waiting', 'any', 'unknown', false, 'it waits to run', 'superseded'),
  row('running', 'any', 'any', null, 'it runs', 'runs'),
  row('Finished', 'newer', 'any', null, 'it ended well meanwhile', 'healed'),
  row('Finished', 'unknown', 'any', null, 'it ended well meanwhile', 'healed'),
  row('Finished', 'any', 'any', null, 'F&O calls the failed run finished', 'superseded'),
  row('taken out', 'any', 'any', null, 'a person took it out', 'taken-out'),
  row('any', 'any', 'any', null, 'this status is not known', 'not known'),
];

/** `isFresh`: the event is so recent that F&O may not show yet what it reported. */
export function judge(
  failedRunEndedAt: Date | null,
  observed: Observation,
  now: Date,
  isFresh: boolean,
): StandsRow {
  const status = groupOf(observed.status);
  const isBehind = isFresh && failedRunEndedAt !== null && showsEarlier(failedRunEndedAt, observed);
  const latestRuns = [...(isBehind ? ['before E'] : []), relationOf(failedRunEndedAt, observed)];
  const start = plannedStart(observed, now);
  const fits = (one: StandsRow) =>
    (one.status === 'any' || one.status === status) &&
    (one.latestRun === 'any' || one.latestRun.split(', or ').some((each) => latestRuns.includes(each))) &&
    (one.plannedStart === 'any' || one.plannedStart === start) &&
    (one.isRecurring === null || one.isRecurring === observed.isRecurring);
  const found = standsTable.find(fits);
  if (!found) throw new Error('The last row fits everything.');
  return found;
}

/** The rows' names for groups of BatchStatus. */
function groupOf(status: string): string {
  if (isWaiting(status)) return 'Waiting';
  if (isRunning(status)) return 'running';
  return isTakenOut(status) ? 'taken out' : status;
}

/** Whether F&O still shows the failed run under way, or only runs before it: it may show an end a minute late. */
function showsEarlier(failedRunEndedAt: Date, observed: Observation): boolean {
  const { status, startedAt } = observed;
  if (status === 'Executing' || status === 'Cancelling') {
    return startedAt !== null && startedAt <= failedRunEndedAt;
  }
  return isNewer(failedRunEndedAt, latestRunAt(observed));
}

/** A failure without an end belongs to the latest run, unless that run ended well. */
function relationOf(failedRunEndedAt: Date | null, observed: Observation): 'E' | 'newer' | 'unknown' {
  const latest = latestRunAt(observed);
  if (latest === null) return 'unknown';
  if (failedRunEndedAt === null) return observed.status === 'Finished' ? 'newer' : 'E';
  if (isOfRun(failedRunEndedAt, observed)) return 'E';
  return isNewer(latest, failedRunEndedAt) ? 'newer' : 'E';
}

function row(
  status: string,
  latestRun: StandsRow['latestRun'],
  start: StandsRow['plannedStart'],
  isRecurring: boolean | null,
  meaning: string,
  verdict: Verdict,
): StandsRow {
  return { status, latestRun, plannedStart: start, isRecurring, meaning, verdict };
}
