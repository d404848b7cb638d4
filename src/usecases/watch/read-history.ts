import { plausible } from '../../domain/job/runs.ts';
import type { Run } from '../../domain/watch/run.ts';
import { endOf } from '../../domain/watch/settle-run.ts';
import { type HistoryEntity, type KnownHistory, mustFindHistory } from '../../domain/watch/watch-state.ts';
import type {
  FoundHistory,
  FoundRows,
  HistoryQuery,
  HistoryRow,
  ListedOnly,
} from '../../ports/run-search.ts';
import { askWithin } from '../engine/deadline.ts';
import type { Engine } from '../engine/run-job.ts';
import { maxSearches, problemOf, searchMs } from './search-runs.ts';

/** As many ids as fit into F&O's address. */
const maxIds = 40;

export type ReadHistory = {
  rows: HistoryRow[];
  history: KnownHistory | null;
  /** Why the history may not be complete; null also if this F&O has none. */
  problem: string | null;
  /** All rows up to here were read; null if none were, or all. */
  readUntil: Date | null;
  retryAfterMs: number | null;
};

/** What is known without another row. */
const nothingRead = { rows: [], problem: null, readUntil: null, retryAfterMs: null };

/** Reads F&O's batch history, if this F&O shows one. That is found out once, and again each day until it does. */
export async function readHistory(
  engine: Engine,
  environment: string,
  known: KnownHistory | null,
  query: HistoryQuery,
  inDoubt: readonly Run[],
): Promise<ReadHistory> {
  const { ports } = engine;
  const search = ports.runSearch(environment);
  const now = ports.clock.now();
  let history = known;
  if (history === null || mustFindHistory(history, now)) {
    const found = await ask(engine, environment, (signal) => search.findHistory(signal));
    // Only an F&O that refuses to show what it has shows no history. Any other fault goes by.
    if (found.kind !== 'listed' && found.kind !== 'misconfigured')
      return { ...nothingRead, history, problem: problemOf(found), retryAfterMs: patienceOf(found) };
    const { entity, isCertain } = found.kind === 'listed' ? found : { entity: null, isCertain: false };
    history = { entity, isCertain, foundAt: now };
  }
  const { entity } = history;
  if (!entity) return { ...nothingRead, history };
  const only = narrowed(query.only, entity, inDoubt);
  if (only?.jobIds.length === 0 && only.descriptions.length === 0) return { ...nothingRead, history };
  const { isGone, ...read } = await readRows(engine, environment, entity, { ...query, only });
  return { ...read, history: isGone ? null : history };
}

/** Reads rows, and continues where F&O cut them. `isGone`: this F&O has no such entity, or not with these names. */
async function readRows(
  engine: Engine,
  environment: string,
  entity: HistoryEntity,
  query: HistoryQuery,
): Promise<Omit<ReadHistory, 'history'> & { isGone: boolean }> {
  const search = engine.ports.runSearch(environment);
  const rows: HistoryRow[] = [];
  let { endedFrom } = query;
  for (let searches = 0; searches < maxSearches; searches++) {
    const asked = { ...query, endedFrom };
    const found = await ask(engine, environment, (signal) => search.history(entity, asked, signal));
    if (found.kind !== 'listed') {
      const isGone = found.kind === 'misconfigured' && found.answer.status !== 403;
      const readUntil = rows.at(-1)?.endedAt ?? null;
      return { rows, problem: problemOf(found), readUntil, retryAfterMs: patienceOf(found), isGone };
    }
    rows.push(...found.rows);
    const last = found.rows.at(-1)?.endedAt;
    if (!found.isCut) return { ...nothingRead, rows, isGone: false };
    if (!last || last <= endedFrom) break;
    endedFrom = last;
  }
  const problem = 'F&O has more rows in its batch history than one look reads: the next look goes on.';
  return { ...nothingRead, rows, problem, readUntil: endedFrom, isGone: false };
}

/** How long F&O asks to be left alone, in ms; null if it does not. */
function patienceOf(found: object): number | null {
  return 'retryAfterMs' in found && typeof found.retryAfterMs === 'number' ? found.retryAfterMs : null;
}

/**
 * Where the history has no descriptions, jobs that are listed by theirs are asked for by their ids: those whose latest
 * runs are in doubt. Null, for all jobs, if those are very many.
 */
function narrowed(
  only: ListedOnly | null,
  entity: HistoryEntity,
  inDoubt: readonly Run[],
): ListedOnly | null {
  if (!only || entity.description !== null || only.descriptions.length === 0) return only;
  const ids = new Set<string>([...only.jobIds, ...inDoubt.map(({ jobId }) => jobId)]);
  return ids.size > maxIds ? null : { jobIds: [...ids], descriptions: [] };
}

/** The history may lack a job's description and legal entity: other runs of the job have them. */
export function runsOfRows(
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

/** The run of a row; null if its end cannot be, or its status tells nothing. */
function runOfRow(
  row: HistoryRow,
  named: Pick<Run, 'environment' | 'description' | 'legalEntity'>,
  fnoNow: Date,
): Run | null {
  const end = endOf(row.status);
  const endedAt = plausible(row.endedAt, fnoNow);
  if (!end || !endedAt) return null;
  const { jobId, startedAt } = row;
  return { ...named, jobId, startedAt, endedAt, end, learned: 'history', startedBy: null, isSettled: false };
}

function ask<Found extends FoundHistory | FoundRows>(
  { ports, gate }: Engine,
  environment: string,
  question: (signal: AbortSignal) => Promise<Found>,
) {
  return gate.search(environment, () => askWithin(ports.clock, searchMs, ports.forcefulStop, question));
}
