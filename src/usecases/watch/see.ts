import { addMs } from '../../domain/instants.ts';
import { openRuns, type OpenRun } from '../../domain/watch/open-runs.ts';
import type { Run } from '../../domain/watch/run.ts';
import { runShown } from '../../domain/watch/settle-run.ts';
import { catchUpMs, type KnownHistory, type WatchState } from '../../domain/watch/watch-state.ts';
import type { HistoryRow, ListedOnly } from '../../ports/run-search.ts';
import type { Span } from '../../ports/runs.ts';
import type { Engine } from '../engine/run-job.ts';
import { knownRuns } from './known-runs.ts';
import { type ReadHistory, readHistory, runOfRow } from './read-history.ts';
import { searchRuns } from './search-runs.ts';

/** What a look has seen. */
export type Seen = {
  open: readonly OpenRun[];
  fnoNow: Date;
  positionAt: Date;
  problem: string | null;
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
  only: ListedOnly | null,
): Promise<Seen> {
  const query = { endedFrom, startedBefore: null, dueBefore: null, only };
  const gathered = await searchRuns(engine, environment, query);
  const fnoNow = gathered.readAt ?? engine.ports.clock.now();
  const span = unsettledSpan(state, endedFrom, fnoNow);
  const read: ReadHistory =
    gathered.problem === null
      ? await readHistory(engine, environment, state.history, { endedFrom: span.from, only })
      : { rows: [], history: state.history, problem: null };
  const known = await knownRuns(engine.ports, environment, span);
  const shown = gathered.jobs.flatMap((job) => runShown({ environment, ...job }) ?? []);
  const ended = shown.filter(({ endedAt }) => endedAt >= endedFrom);
  const told = runsOfRows(read.rows, [...known, ...shown], environment, fnoNow);
  const isWatched = (run: Run) => isListed(engine, environment, run);
  return {
    open: openRuns(known, ended.filter(isWatched), told.filter(isWatched)),
    fnoNow,
    // What the history has not told must be asked again.
    positionAt:
      read.problem === null ? latestEnd([...shown, ...told], state, fnoNow) : (state.positionAt ?? fnoNow),
    problem: gathered.problem ?? read.problem,
    history: read.history,
    hasHistory: gathered.problem === null && read.problem === null,
    retryAfterMs: gathered.retryAfterMs,
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
function isListed({ policyFor }: Engine, environment: string, run: Run): boolean {
  const entry = policyFor(environment, run);
  return entry !== null && entry.mode !== 'off';
}

/** No run can have ended after F&O's clock. */
function latestEnd(runs: readonly Run[], { positionAt }: WatchState, fnoNow: Date): Date {
  const ends = runs.flatMap(({ endedAt }) => (endedAt <= fnoNow ? [endedAt] : []));
  const latest = ends.reduce<Date | null>((last, end) => (last && last > end ? last : end), positionAt);
  return latest ?? fnoNow;
}
