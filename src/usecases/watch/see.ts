import { addMs } from '../../domain/instants.ts';
import type { JobId } from '../../domain/job-id.ts';
import { latestEnds, mergeRuns, openRuns, type OpenRun } from '../../domain/watch/open-runs.ts';
import { type FirstLook, firstLook, hasEndedSince } from '../../domain/watch/first-look.ts';
import { nextRunClock, raisedBy, type RunClock, type TimeOfRun } from '../../domain/watch/run-clock.ts';
import { seenUntil } from '../../domain/watch/seen-until.ts';
import { keepsTimes, runShown, type Shown } from '../../domain/watch/settle-run.ts';
import { catchUpMs, type KnownHistory, type WatchState } from '../../domain/watch/watch-state.ts';
import type { FailedJob, RetryPolicy } from '../../domain/retry-policy/retry-policy.ts';
import { type Unusual, unusualJob } from '../../domain/watch/unusual.ts';
import type { Span } from '../../ports/runs.ts';
import type { Engine } from '../engine/run-job.ts';
import type { Listed } from './listed-only.ts';
import { knownRuns } from './known-runs.ts';
import { type ReadHistory, readHistory, runsOfRows } from './read-history.ts';
import { withoutMadeByCode } from './made-by-code.ts';
import { searchRuns } from './search-runs.ts';

/** How far F&O's clock and ours may lie apart, in ms, for a run to be found in time. */
const clockRoomMs = 10 * 60_000;

/** How much later F&O may write the end of a run anew, in ms, for the run to be found again. */
const rewrittenMs = 10 * 60_000;

/** What a look has seen. */
export type Seen = {
  open: readonly OpenRun[];
  /** Jobs whose runs are under way for too long, or that have not started in time. */
  unusual: readonly { job: Shown; unusual: Unusual }[];
  /** When the latest known run of each job ended. */
  latestEnds: ReadonlyMap<string, Date>;
  /** The jobs of whose latest runs F&O shows the times until newer ones begin. */
  keepTimes: ReadonlySet<JobId>;
  /** The clock of F&O's times of runs, and its time now. */
  runClock: RunClock;
  runNow: Date;
  first: FirstLook;
  positionAt: Date;
  problem: string | null;
  /** Of the jobs and of the rows in the batch history. */
  statuses: ReadonlySet<string>;
  history: KnownHistory | null;
  /** False if F&O has a batch history that could not be read completely. */
  hasHistory: boolean;
  retryAfterMs: number | null;
};

/** Searches F&O for runs that ended from `endedFrom` on, and reads its batch history of them. */
export async function see(
  engine: Engine,
  environment: string,
  state: WatchState,
  endedFrom: Date,
  listed: Listed,
): Promise<Seen> {
  const { only } = listed;
  const query = { endedFrom, ...unusualOf(listed, state, engine.ports.clock.now()), only };
  const gathered = await searchRuns(engine, environment, query);
  const fnoNow = gathered.readAt ?? engine.ports.clock.now();
  const span = unsettledSpan(state, endedFrom, fnoNow);
  const known = await knownRuns(engine.ports, environment, { ...span, from: addMs(span.from, -rewrittenMs) });
  const jobs = gathered.jobs.map((job): Shown => ({ environment, ...job }));
  const isWatched = (job: FailedJob) => entryOf(engine, environment, job) !== null;
  const watched = jobs.filter(isWatched);
  const shown = watched.flatMap((job) => runShown(job) ?? []);
  const isComplete = gathered.problem === null;
  const clock = nextRunClock(state.runClock ?? null, timesOf(watched), fnoNow, isComplete);
  // What ended before the first look is left alone.
  const ended = shown.filter((run) => run.endedAt >= endedFrom && hasEndedSince(state, run, clock.aheadMs));
  const inDoubt = openRuns(mergeRuns(known, ended, [])).flatMap(({ run }) =>
    run.learned === null ? [run] : [],
  );
  const read: ReadHistory = isComplete
    ? await readHistory(engine, environment, state.history, { endedFrom: span.from, only }, inDoubt)
    : { rows: [], history: state.history, problem: null, readUntil: null, retryAfterMs: null };
  const rows = runsOfRows(read.rows, [...known, ...shown], environment, fnoNow).filter(isWatched);
  const own = await withoutMadeByCode(engine, environment, rows, [...known, ...jobs]);
  const told = own.runs;
  const historyProblem = read.problem ?? own.problem;
  const runClock = raisedBy(clock, timesOf(told), fnoNow);
  const runNow = addMs(fnoNow, runClock.aheadMs);
  const since = told.filter((run) => hasEndedSince(state, run, runClock.aheadMs));
  const merged = mergeRuns(known, ended, since);
  return {
    open: openRuns(merged),
    unusual: watched.flatMap((job) => {
      const expect = entryOf(engine, environment, job)?.expect;
      const unusual = expect ? unusualJob(job, expect, runNow) : null;
      return unusual ? [{ job, unusual }] : [];
    }),
    latestEnds: latestEnds(merged),
    keepTimes: new Set(jobs.flatMap((job) => (keepsTimes(job) ? job.jobId : []))),
    runClock,
    runNow,
    first: isComplete ? firstLook(fnoNow, [...shown, ...told]) : { beganAt: null },
    // What the history has not told must be asked again.
    positionAt:
      historyProblem === null
        ? seenUntil([...shown, ...told], state.positionAt ?? endedFrom, fnoNow, runClock.aheadMs)
        : (read.readUntil ?? state.positionAt ?? endedFrom),
    problem: gathered.problem ?? historyProblem,
    statuses: new Set([...gathered.jobs, ...read.rows].map(({ status }) => status)),
    history: read.history,
    hasHistory: isComplete && historyProblem === null,
    retryAfterMs: gathered.retryAfterMs ?? read.retryAfterMs,
  };
}

/** When runs began and ended. */
function timesOf(runs: readonly Pick<Shown, 'jobId' | 'startedAt' | 'endedAt'>[]): TimeOfRun[] {
  return runs.flatMap(({ jobId, startedAt, endedAt }) =>
    [startedAt, endedAt].flatMap((at) => (at === null ? [] : [{ jobId, at }])),
  );
}

/** From the oldest run that is not settled, at most a day back. */
function unsettledSpan({ unsettledSinceAt }: WatchState, endedFrom: Date, fnoNow: Date): Span {
  const earliest = addMs(fnoNow, -catchUpMs);
  const unsettled = unsettledSinceAt ?? endedFrom;
  const since = unsettled < earliest ? earliest : unsettled;
  return { from: since < endedFrom ? since : endedFrom, to: addMs(fnoNow, catchUpMs) };
}

/** A policy entry that is off lists a job so that nothing is done about it. */
function entryOf({ policyFor }: Engine, environment: string, job: FailedJob): RetryPolicy | null {
  const entry = policyFor(environment, job);
  return entry?.mode === 'off' ? null : entry;
}

/** Which jobs may be late: those that were due before, by our clock and F&O's time zone, with room for F&O's clock. */
function unusualOf({ shortestMaxMs, shortestStartMs }: Listed, { runClock }: WatchState, now: Date) {
  const aheadMs = (runClock?.aheadMs ?? 0) + clockRoomMs;
  const dueBefore = shortestStartMs === null ? null : addMs(now, aheadMs - shortestStartMs);
  return { running: shortestMaxMs !== null, dueBefore };
}
