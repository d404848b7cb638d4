import pMap from 'p-map';
import { failureOfRun } from '../../domain/failure.ts';
import { type Run, runKey } from '../../domain/watch/run.ts';
import { isEventOverdue, settleRun } from '../../domain/watch/settle-run.ts';
import { OtherVersion } from '../../ports/other-version.ts';
import type { Span, StoredRun } from '../../ports/runs.ts';
import { Deadline } from '../engine/deadline.ts';
import { type Engine, runJob } from '../engine/run-job.ts';

/** How many jobs a look handles at the same time. */
const concurrency = 4;

const pageSize = 1000;

/** The runs that the store has of this span, by their keys. */
export async function knownRuns(
  { ports }: Engine,
  environment: string,
  span: Span,
): Promise<Map<string, Run>> {
  const known = new Map<string, Run>();
  for (let after: string | null = null; ;) {
    const page: StoredRun[] = await ports.runs.between(environment, span, after, pageSize);
    for (const { position: _position, ...run } of page) known.set(runKey(run), run);
    after = page.at(-1)?.position ?? null;
    if (after === null || page.length < pageSize) return known;
  }
}

export type Settling = {
  environment: string;
  /** F&O's clock. */
  fnoNow: Date;
  /** How long an event may take. */
  waitMs: number;
  budgetMs: number;
};

/** `isKept`: the store has the run as it is here. */
export type Unsettled = { run: Run; isKept: boolean };

/**
 * Settles runs by what is known of each, and lets the state machine learn what it does not know. It keeps a run only
 * after the machine has learned of it: a look that dies in between is done again.
 */
export async function settleRuns(
  engine: Engine,
  runs: readonly Unsettled[],
  settling: Settling,
): Promise<Settled[]> {
  return pMap(runs, (one) => settleOne(engine, one, settling), { concurrency });
}

/** `isLost`: the run failed, no event said so, and the state machine has learned of it now. */
export type Settled = { run: Run; isLost: boolean };

async function settleOne(engine: Engine, one: Unsettled, settling: Settling): Promise<Settled> {
  try {
    return await settle(engine, one, settling);
  } catch (error) {
    if (!(error instanceof OtherVersion)) throw error;
    const message = `A run of batch job ${one.run.jobId} is left as it is.`;
    engine.ports.telemetry.record({ kind: 'error', message, error });
    return { run: one.run, isLost: false };
  }
}

async function settle(
  engine: Engine,
  { run, isKept }: Unsettled,
  { environment, fnoNow, waitMs, budgetMs }: Settling,
): Promise<Settled> {
  const { ledger, clock, forcefulStop, runs } = engine.ports;
  const key = { environment, jobId: run.jobId };
  const failure = failureOfRun(run, run.learned === 'history' ? 'history' : 'status');
  const page = await ledger.read(key, failure.eventId);
  const settled = settleRun(run, page.job, isEventOverdue(run, fnoNow, waitMs));
  const { end, learned, isSettled, startedAt, endedAt } = settled;
  let isLost = false;
  if (isSettled && learned !== 'event' && (end === 'failed' || end === 'finished')) {
    const event = { kind: 'run-learned', end, run: { startedAt, endedAt }, failure } as const;
    const ran = await runJob(engine, key, event, new Deadline(clock, budgetMs, forcefulStop), { page });
    isLost = end === 'failed' && ran.unchanged === null;
  }
  if (isSettled || !isKept) await runs.put(settled);
  return { run: settled, isLost };
}
