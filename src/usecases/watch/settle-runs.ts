import pMap from 'p-map';
import type { BatchJob } from '../../domain/job/batch-job.ts';
import { isNewer } from '../../domain/job/runs.ts';
import { type Failure, failureOfRun, type Learned } from '../../domain/failure.ts';
import type { JobId } from '../../domain/job-id.ts';
import { telemetryCompleteMs, telemetryLateMs } from '../../domain/watch/ask-order.ts';
import type { OpenRun } from '../../domain/watch/open-runs.ts';
import type { Run } from '../../domain/watch/run.ts';
import { isEventOverdue, settleRun } from '../../domain/watch/settle-run.ts';
import { unusualRun } from '../../domain/watch/unusual.ts';
import { catchUpMs } from '../../domain/watch/watch-state.ts';
import { Deadline } from '../engine/deadline.ts';
import { type Engine, runJob } from '../engine/run-job.ts';
import { announceUnusual } from './announce-unusual.ts';
import { eachApart } from './each-apart.ts';
import { keepFailedBefore } from './keep-failed-before.ts';
import { withSchedule } from './with-schedule.ts';
import type { TelemetryEnds } from './telemetry-ends.ts';

/** How many jobs a look handles at the same time. */
const concurrency = 4;

export type Settling = {
  environment: string;
  /** The clock of F&O's times of runs. */
  runNow: Date;
  /** When the latest known run of each job ended. */
  latestEnds: ReadonlyMap<string, Date>;
  /** The jobs of whose latest runs F&O shows the times until newer ones begin. */
  keepTimes: ReadonlySet<JobId>;
  /** How long an event may take. */
  waitMs: number;
  sendsEvents: boolean;
  /** Whether all was read that F&O's batch history may tell. */
  hasHistory: boolean;
  telemetry: TelemetryEnds;
  budgetMs: number;
};

/**
 * Settles runs by what is known of each, and lets the state machine learn what it does not know. It keeps a run only
 * after the machine has learned of it: a look that dies in between is done again.
 */
export async function settleRuns(
  engine: Engine,
  runs: readonly OpenRun[],
  settling: Settling,
): Promise<Settled[]> {
  const ofJobs = [...Map.groupBy(runs, ({ run }) => run.jobId).values()];
  const settled = await pMap(ofJobs, (ofJob) => settleJob(engine, ofJob, settling), { concurrency });
  return settled.flat();
}

/** The oldest run comes first: what failed before tells which runs were silent. */
async function settleJob(engine: Engine, runs: readonly OpenRun[], settling: Settling): Promise<Settled[]> {
  const ofJob = runs.map(({ run }) => run);
  const settled: Settled[] = [];
  for (const one of runs.toSorted((a, b) => a.run.endedAt.getTime() - b.run.endedAt.getTime())) {
    settled.push(await settleOne(engine, one, ofJob, settling));
  }
  return settled;
}

/** `isLost`: the run failed, no event said so, and the state machine has learned of it now. */
export type Settled = { run: Run; isLost: boolean };

async function settleOne(
  engine: Engine,
  one: OpenRun,
  ofJob: readonly Run[],
  settling: Settling,
): Promise<Settled> {
  const settled = await eachApart(engine.ports, one.run.jobId, () => settle(engine, one, ofJob, settling));
  return settled ?? { run: one.run, isLost: false };
}

async function settle(
  engine: Engine,
  { run, isKept }: OpenRun,
  ofJob: readonly Run[],
  settling: Settling,
): Promise<Settled> {
  const { environment, sendsEvents, budgetMs } = settling;
  const { ledger, clock, forcefulStop, runs } = engine.ports;
  const key = { environment, jobId: run.jobId };
  const page = await ledger.read(key, failureOfRun(run, 'status').eventId);
  const settled = await withSchedule(runs, await settleByAll(run, page.job, settling));
  const { end, learned, isSettled, startedAt, endedAt } = settled;
  let isLost = false;
  // Only the newest run may need a requeue.
  const isMoot = end === 'failed' && isNewer(settling.latestEnds.get(run.jobId) ?? null, endedAt);
  if (isSettled && learned !== 'event' && (end === 'failed' || end === 'finished')) {
    const by = learned ?? 'status';
    const failure = failureOfRun(settled, by);
    const staysShown = settling.keepTimes.has(run.jobId);
    const event = {
      kind: 'run-learned',
      end,
      run: { startedAt, endedAt },
      failure,
      staysShown,
      isMoot,
    } as const;
    const ran = await runJob(engine, key, event, new Deadline(clock, budgetMs, forcefulStop), { page });
    isLost = end === 'failed' && !isMoot && ran.unchanged === null;
    if (isLost && sendsEvents) recordLostEvent(engine, environment, failure, by);
  }
  const entry = engine.policyFor(environment, run);
  const unusual = isSettled && entry ? unusualRun(settled, entry.expect) : null;
  if (unusual) await announceUnusual(engine, settled, unusual, budgetMs);
  if (isSettled) await keepFailedBefore(engine.ports, run, page.job, ofJob);
  if (isSettled || !isKept) await runs.put(settled);
  return { run: settled, isLost };
}

/** Settles by events and by F&O. Where they tell nothing, the customer's telemetry is asked, for as long as it may. */
async function settleByAll(run: Run, job: BatchJob | null, settling: Settling): Promise<Run> {
  const { environment, runNow, waitMs, hasHistory, telemetry } = settling;
  const patienceMs = run.learned === null && !hasHistory ? catchUpMs : waitMs;
  const settled = settleRun(run, job, isEventOverdue(run, runNow, patienceMs));
  if (!settled.isSettled || settled.learned !== null || !telemetry.hasTelemetry(environment)) return settled;
  const isComplete = isEventOverdue(run, runNow, telemetryCompleteMs);
  const told = isComplete ? await telemetry.tell(run, job) : null;
  if (told && told.learned !== null) return settleRun(told, job, true);
  // While the telemetry cannot be asked, it may still tell.
  return settleRun(run, job, isEventOverdue(run, runNow, told ? telemetryLateMs : catchUpMs));
}

function recordLostEvent({ ports }: Engine, environment: string, failure: Failure, learned: Learned): void {
  const { jobId, description, eventId } = failure;
  ports.telemetry.record({ kind: 'event-lost', environment, jobId, description, eventId, learned });
}
