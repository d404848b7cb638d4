import { plausible } from '../../domain/job/runs.ts';
import type { Run } from '../../domain/watch/run.ts';
import { endOf } from '../../domain/watch/settle-run.ts';
import { type KnownHistory, mustFindHistory } from '../../domain/watch/watch-state.ts';
import type { FoundHistory, FoundRows, HistoryQuery, HistoryRow } from '../../ports/run-search.ts';
import { askWithin } from '../engine/deadline.ts';
import type { Engine } from '../engine/run-job.ts';
import { problemOf, searchMs } from './search-runs.ts';

export type ReadHistory = {
  rows: HistoryRow[];
  history: KnownHistory | null;
  /** Why the history may not be complete; null also if this F&O has none. */
  problem: string | null;
};

/** Reads F&O's batch history, if this F&O shows one. That is found out once, and again each day until it does. */
export async function readHistory(
  engine: Engine,
  environment: string,
  known: KnownHistory | null,
  query: HistoryQuery,
): Promise<ReadHistory> {
  const { ports } = engine;
  const search = ports.runSearch(environment);
  const now = ports.clock.now();
  let history = known;
  if (history === null || mustFindHistory(history, now)) {
    const found = await ask(engine, environment, (signal) => search.findHistory(signal));
    if (found.kind === 'breaker-open' || found.kind === 'not-sent' || found.kind === 'throttled')
      return { rows: [], history, problem: problemOf(found) };
    const { entity, isCertain } = found.kind === 'listed' ? found : { entity: null, isCertain: false };
    history = { entity, isCertain, foundAt: now };
  }
  const { entity } = history;
  if (!entity) return { rows: [], history, problem: null };
  const found = await ask(engine, environment, (signal) => search.history(entity, query, signal));
  if (found.kind === 'listed') {
    const problem = found.isCut ? 'F&O has more rows in its batch history than one look reads.' : null;
    return { rows: found.rows, history, problem };
  }
  // Somebody took it away, or its properties have other names: it is found again.
  const isGone = found.kind === 'misconfigured' && found.answer.status !== 403;
  return { rows: [], history: isGone ? null : history, problem: problemOf(found) };
}

/** The run of a row; null if its end cannot be, or its status tells nothing. */
export function runOfRow(
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
  return gate.ask(environment, () => askWithin(ports.clock, searchMs, ports.forcefulStop, question));
}
