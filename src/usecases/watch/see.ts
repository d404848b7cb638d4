import { addMs } from '../../domain/instants.ts';
import type { JobId } from '../../domain/job-id.ts';
import { latestEnds, mergeRuns, openRuns, type OpenRun } from '../../domain/watch/open-runs.ts';
import type { Run } from '../../domain/watch/run.ts';
import { keepsTimes, runShown, type Shown } from '../../domain/watch/settle-run.ts';
import { catchUpMs, type KnownHistory, type WatchState } from '../../domain/watch/watch-state.ts';
import type { FailedJob, RetryPolicy } from '../../domain/retry-policy/retry-policy.ts';
import { type Unusual, unusualJob } from '../../domain/watch/unusual.ts';
import type { HistoryRow } from '../../ports/run-search.ts';
import type { Span } from '../../ports/runs.ts';
import type { Engine } from '../engine/run-job.ts';
import type { Listed } from './listed-only.ts';
import { knownRuns } from './known-runs.ts';
import { type ReadHistory, readHistory, runOfRow } from './read-history.ts';
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
  fnoNow: Date;
  /** F&O's clock at the first look. */
  beganAt: Date;
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
  const query = { endedFrom, ...unusualBefore(listed, engine.ports.clock.now()), only };
  const gathered = await searchRuns(engine, environment, query);
  const fnoNow = gathered.readAt ?? engine.ports.clock.now();
  const span = unsettledSpan(state, endedFrom, fnoNow);
  const known = await knownRuns(engine.ports, environment, { ...span, from: addMs(span.from, -rewrittenMs) });
  const jobs = gathered.jobs.map((job): Shown => ({ environment, ...job }));
  const isWatched = (job: FailedJob) => entryOf(engine, environment, job) !== null;
  const shown = jobs.filter(isWatched).flatMap((job) => runShown(job) ?? []);
  // What ended before the first look is left alone, by F&O's clock.
  const beganAt = state.beganAt ?? fnoNow;
  const ended = shown.filter(({ endedAt }) => endedAt >= endedFrom && endedAt >= beganAt);
  const inDoubt = openRuns(mergeRuns(known, ended, [])).flatMap(({ run }) =>
    run.learned === null ? [run] : [],
  );
  const read: ReadHistory =
    gathered.problem === null
      ? await readHistory(engine, environment, state.history, { endedFrom: span.from, only }, inDoubt)
      : { rows: [], history: state.history, problem: null, readUntil: null, retryAfterMs: null };
  const rows = read.rows.filter(({ endedAt }) => endedAt >= beganAt);
  const told = runsOfRows(rows, [...known, ...shown], environment, fnoNow);
  const merged = mergeRuns(known, ended, told.filter(isWatched));
  return {
    open: openRuns(merged),
    unusual: jobs.flatMap((job) => {
      const entry = entryOf(engine, environment, job);
      const unusual = entry && unusualJob(job, entry.expect, fnoNow);
      return unusual ? [{ job, unusual }] : [];
    }),
    latestEnds: latestEnds(merged),
    keepTimes: new Set(jobs.flatMap((job) => (keepsTimes(job) ? job.jobId : []))),
    fnoNow,
    beganAt,
    // What the history has not told must be asked again.
    positionAt:
      read.problem === null
        ? latestEnd([...shown, ...told], state, fnoNow)
        : (read.readUntil ?? state.positionAt ?? fnoNow),
    problem: gathered.problem ?? read.problem,
    statuses: new Set([...gathered.jobs, ...read.rows].map(({ status }) => status)),
    history: read.history,
    hasHistory: gathered.problem === null && read.problem === null,
    retryAfterMs: gathered.retryAfterMs ?? read.retryAfterMs,
  };
}

/** From the oldest run that is not settled, at most a day back. */
function unsettledSpan({ unsettledSinceAt }: WatchState, endedFrom: Date, fnoNow: Date): Span {
  const earliest = addMs(fnoNow, -catchUpMs);
  const unsettled = unsettledSinceAt ?? endedFrom;
  const since = unsettled < earliest ? earliest : unsettled;
  return { from: since < endedFrom ? since : endedFrom, to: addMs(fnoNow, catchUpMs) };
}

/** The history may lack a job's description and legal entity: other runs of the job have them. */
function runsOfRows(
  rows: readonly HistoryRow[],
  others: readonly Run[],
  environment: string,
  fnoNow: Date,
): Run[] {
  const names = new Map<string, Run>(others.map((run) => [run.jobId, run]));
  return rows.flatMap((row) => {
    const named = names.get(row.jobId);
    const description = row.description ?? named?.description ?? '';
    const legalEntity = row.legalEntity ?? named?.legalEntity ?? '';
    return runOfRow(row, { environment, description, legalEntity }, fnoNow) ?? [];
  });
}

/** A policy entry that is off lists a job so that nothing is done about it. */
function entryOf({ policyFor }: Engine, environment: string, job: FailedJob): RetryPolicy | null {
  const entry = policyFor(environment, job);
  return entry?.mode === 'off' ? null : entry;
}

/**
 * Runs that began before this time may be too long, and jobs that were due before it late: by our clock, with room
 * for F&O's.
 */
function unusualBefore({ shortestMaxMs, shortestStartMs }: Listed, now: Date) {
  const before = (ms: number | null) => (ms === null ? null : addMs(now, clockRoomMs - ms));
  return { startedBefore: before(shortestMaxMs), dueBefore: before(shortestStartMs) };
}

/** No run can have ended after F&O's clock. */
function latestEnd(runs: readonly Run[], { positionAt }: WatchState, fnoNow: Date): Date {
  const ends = runs.flatMap(({ endedAt }) => (endedAt <= fnoNow ? [endedAt] : []));
  const latest = ends.reduce<Date | null>((last, end) => (last && last > end ? last : end), positionAt);
  return latest ?? fnoNow;
}
