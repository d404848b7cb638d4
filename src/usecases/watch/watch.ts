import { addMs } from '../../domain/instants.ts';
import type { PolicyEntry } from '../../domain/retry-policy/retry-policy.ts';
import { hasProof } from '../../domain/watch/run-clock.ts';
import type { Run } from '../../domain/watch/run.ts';
import { eventLostMs } from '../../domain/watch/settle-run.ts';
import { beginLook, endLook, type LastLook, searchFrom } from '../../domain/watch/watch-state.ts';
import { StoreUnavailable } from '../../ports/ledger.ts';
import type { Engine } from '../engine/run-job.ts';
import { announceUnusual } from './announce-unusual.ts';
import { AskedRuns } from './asked-runs.ts';
import { eachApart } from './each-apart.ts';
import { listed } from './listed-only.ts';
import { RunClockWarnings } from './run-clock-warnings.ts';
import { see } from './see.ts';
import { SeenLooks } from './seen-looks.ts';
import { type Settled, settleRuns } from './settle-runs.ts';
import { TelemetryEnds } from './telemetry-ends.ts';
import { UnknownStatuses } from './unknown-statuses.ts';

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
  const memory = {
    looks: new SeenLooks(ports),
    statuses: new UnknownStatuses(ports),
    clocks: new RunClockWarnings(ports),
    asked: new AskedRuns(),
  };

  return async function watch(): Promise<number> {
    if (everyMinutes === null) return 0;
    let lost = 0;
    for (const environment of environments) {
      try {
        lost += await look(engine, environment, everyMinutes * 60_000, settings, memory);
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        const message = `The watch could not look at the environment ${environment}.`;
        ports.telemetry.record({ kind: 'error', message, error });
      }
    }
    return lost;
  };
}

/** What one process remembers from look to look. */
type Memory = { looks: SeenLooks; statuses: UnknownStatuses; clocks: RunClockWarnings; asked: AskedRuns };

async function look(
  engine: Engine,
  environment: string,
  everyMs: number,
  { policy, withoutEvents, budgetMs }: WatchSettings,
  { looks, statuses, clocks, asked }: Memory,
): Promise<number> {
  const { clock, runs } = engine.ports;
  const jobs = listed(policy, environment);
  if (!jobs) return 0;
  const startedAt = clock.now();
  const begun = await runs.updateWatch(environment, (state) => {
    const next = beginLook(state, everyMs, startedAt, looks.unchangedMs(environment, state));
    return next || !state ? { state: next ?? never(), result: next } : { state, result: null };
  });
  if (!begun) return 0;
  looks.note(environment, begun);

  const seen = await see(engine, environment, begun, searchFrom(begun, startedAt), jobs);
  const sendsEvents = !withoutEvents.includes(environment);
  const waitMs = sendsEvents ? eventLostMs : 0;
  const aheadMs = hasProof(seen.runClock) ? seen.runClock.aheadMs : 0;
  const questions = asked.begin(environment, seen.open, seen.runNow);
  const telemetry = new TelemetryEnds(engine, questions, aheadMs);
  const settling = { ...seen, environment, waitMs, sendsEvents, telemetry, budgetMs };
  const settled = await settleRuns(engine, questions.inOrder(seen.open), settling);

  for (const { job, unusual } of seen.unusual) {
    await eachApart(engine.ports, job.jobId, () => announceUnusual(engine, job, unusual, budgetMs));
  }

  const now = clock.now();
  warnOfProblem(engine, environment, seen.problem, begun.lastLook);
  statuses.warn(environment, seen.statuses);
  clocks.warn(environment, seen.runClock);
  const { first, positionAt, problem, history, runClock, retryAfterMs } = seen;
  const unsettledSinceAt = earliestEnd(settled.flatMap(({ run }) => (run.isSettled ? [] : [run])));
  const toldUntilAt = seen.hasHistory && history?.entity ? toldUntil(settled, seen.runNow) : null;
  const notBeforeAt = retryAfterMs === null ? null : addMs(now, retryAfterMs);
  const looked = {
    first,
    positionAt,
    unsettledSinceAt,
    problem,
    notBeforeAt,
    history,
    runClock,
    toldUntilAt,
  };
  const ended = await runs.updateWatch(environment, (state) => {
    const next = endLook(state, looked, now);
    return { state: next, result: next };
  });
  if (ended) looks.note(environment, ended);
  return settled.filter(({ isLost }) => isLost).length;
}

/** Logs why a look could not see everything, once until that changes. */
function warnOfProblem(
  { ports }: Engine,
  environment: string,
  problem: string | null,
  before: LastLook | null,
): void {
  if (problem === null || problem === before?.problem) return;
  ports.telemetry.record({ kind: 'warning', message: `The watch of ${environment}: ${problem}` });
}

function never(): never {
  throw new Error('The first look is always due.');
}

/** The state machine does not know yet of failed runs that are not settled: their events may still come. */
function toldUntil(settled: readonly Settled[], runNow: Date): Date {
  const open = settled.flatMap(({ run }) => (run.end === 'failed' && !run.isSettled ? [run] : []));
  return earliestEnd(open) ?? runNow;
}

function earliestEnd(runs: readonly Run[]): Date | null {
  return runs.reduce<Date | null>((first, { endedAt }) => (first && first < endedAt ? first : endedAt), null);
}
