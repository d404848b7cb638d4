import { addMs } from '../../domain/instants.ts';
import type { PolicyEntry } from '../../domain/retry-policy/retry-policy.ts';
import { type Run, runKey } from '../../domain/watch/run.ts';
import { eventLostMs, runShown } from '../../domain/watch/settle-run.ts';
import {
  beginLook,
  catchUpMs,
  endLook,
  searchFrom,
  type WatchState,
} from '../../domain/watch/watch-state.ts';
import type { ListedBatchJob } from '../../ports/batch-jobs.ts';
import { StoreUnavailable } from '../../ports/ledger.ts';
import type { Engine } from '../engine/run-job.ts';
import { listedOnly } from './listed-only.ts';
import { type Gathered, searchRuns } from './search-runs.ts';
import { knownRuns, settleRuns, type Unsettled } from './settle-runs.ts';

export type WatchSettings = {
  /** How often an environment is looked at; null: never. */
  everyMinutes: number | null;
  environments: readonly string[];
  policy: readonly PolicyEntry[];
  /** The environments that send no events. */
  withoutEvents: readonly string[];
  budgetMs: number;
};

/**
 * Looks at each environment for what no event tells: runs that failed, and how others ended. A look that dies is
 * done again. Resolves to the count of failures whose events were lost.
 */
export function createWatch(engine: Engine, settings: WatchSettings) {
  const { ports } = engine;
  const { everyMinutes, environments } = settings;

  return async function watch(): Promise<number> {
    if (everyMinutes === null) return 0;
    let lost = 0;
    for (const environment of environments) {
      try {
        lost += await look(engine, environment, everyMinutes * 60_000, settings);
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        const message = `The watch could not look at the environment ${environment}.`;
        ports.telemetry.record({ kind: 'error', message, error });
      }
    }
    return lost;
  };
}

async function look(
  engine: Engine,
  environment: string,
  everyMs: number,
  { policy, withoutEvents, budgetMs }: WatchSettings,
): Promise<number> {
  const { clock, runs } = engine.ports;
  const only = listedOnly(policy, environment);
  if (only && only.jobIds.length + only.descriptions.length === 0) return 0;
  const startedAt = clock.now();
  const begun = await runs.updateWatch(environment, (state) => {
    const next = beginLook(state, everyMs, startedAt);
    return next || !state ? { state: next ?? never(), result: next } : { state, result: null };
  });
  if (!begun) return 0;

  const endedFrom = searchFrom(begun, startedAt);
  const query = { endedFrom, startedBefore: null, dueBefore: null, only };
  const gathered = await searchRuns(engine, environment, query);
  const fnoNow = gathered.readAt ?? startedAt;
  const shown = gathered.jobs.filter((job) => isWatched(engine, environment, job));
  const open = await openRuns(engine, environment, begun, endedFrom, fnoNow, shown);
  const waitMs = withoutEvents.includes(environment) ? 0 : eventLostMs;
  const settled = await settleRuns(engine, open, { environment, fnoNow, waitMs, budgetMs });

  const now = clock.now();
  const looked = {
    positionAt: positionAfter(gathered, begun, fnoNow),
    unsettledSinceAt: earliestEnd(settled.flatMap(({ run }) => (run.isSettled ? [] : [run]))),
    problem: gathered.problem,
    notBeforeAt: gathered.retryAfterMs === null ? null : new Date(now.getTime() + gathered.retryAfterMs),
  };
  await runs.updateWatch(environment, (state) => ({ state: endLook(state, looked, now), result: true }));
  return settled.filter(({ isLost }) => isLost).length;
}

function never(): never {
  throw new Error('The first look is always due.');
}

/** A policy entry that is off lists a job so that nothing is done about it. */
function isWatched({ policyFor }: Engine, environment: string, job: ListedBatchJob): boolean {
  const entry = policyFor(environment, job);
  return entry !== null && entry.mode !== 'off';
}

/** The runs that are not settled: those that the search showed, and those of earlier looks. */
async function openRuns(
  engine: Engine,
  environment: string,
  { unsettledSinceAt }: WatchState,
  endedFrom: Date,
  fnoNow: Date,
  shown: readonly ListedBatchJob[],
): Promise<Unsettled[]> {
  const earliest = addMs(fnoNow, -catchUpMs);
  const unsettled = unsettledSinceAt ?? endedFrom;
  const since = unsettled < earliest ? earliest : unsettled;
  const span = { from: since < endedFrom ? since : endedFrom, to: addMs(fnoNow, catchUpMs) };
  const known = await knownRuns(engine, environment, span);
  const found = shown.flatMap((job) => {
    const run = runShown({ environment, ...job });
    return run && run.endedAt >= endedFrom && !known.has(runKey(run)) ? [[runKey(run), run] as const] : [];
  });
  const kept = [...known.values()].filter(({ isSettled }) => !isSettled);
  return [
    ...kept.map((run) => ({ run, isKept: true })),
    ...[...new Map(found).values()].map((run) => ({ run, isKept: false })),
  ];
}

/** The latest end that the search showed. No run can have ended after F&O's clock. */
function positionAfter({ jobs }: Gathered, before: WatchState, fnoNow: Date): Date {
  const ends = jobs.flatMap(({ endedAt }) => (endedAt && endedAt <= fnoNow ? [endedAt] : []));
  const latest = ends.reduce<Date | null>(
    (last, end) => (last && last > end ? last : end),
    before.positionAt,
  );
  return latest ?? fnoNow;
}

function earliestEnd(runs: readonly Run[]): Date | null {
  return runs.reduce<Date | null>((first, { endedAt }) => (first && first < endedAt ? first : endedAt), null);
}
