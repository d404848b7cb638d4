import pMap from 'p-map';
import type { Failure } from '../../domain/failure.ts';
import { addMs } from '../../domain/instants.ts';
import { newJob } from '../../domain/job/batch-job.ts';
import { failureDecision } from '../../domain/job/decision.ts';
import { StoreUnavailable } from '../../ports/ledger.ts';
import { OtherVersion } from '../../ports/other-version.ts';
import type { Later, WorkItem } from '../../ports/work-item.ts';
import type { Deadline } from '../engine/deadline.ts';
import { recordDecisions } from '../engine/record-decisions.ts';
import type { Engine } from '../engine/run-job.ts';
import { decideFailure } from '../intake/decide-failure.ts';
import { paceMs } from '../intake/enqueue-overflow.ts';
import { maxAtOnce } from '../intake/receive-events.ts';

type Decide = Extract<WorkItem, { kind: 'decide' }>;

/** How many failures of one item are decided at the same time, as of one delivery. */
const concurrency = 8;

/** How long a failure that was set apart waits, in ms. */
const apartMs = 60_000;

/**
 * Decides those failures of the item that are due, as many as of one delivery. An item with the others, and with those
 * for which the store was lost, replaces this one. A failure that meets a fault gets an item of its own, so that the
 * others do not wait for it. Rejects with StoreUnavailable if none could be decided.
 */
export async function decideQueued(
  engine: Engine,
  item: Decide,
  newDeadline: () => Deadline,
): Promise<Later | null> {
  const { clock } = engine.ports;
  const pace = paceMs(engine.requeuesPerMinute);
  const lateMs = clock.now().getTime() - item.dueAt.getTime();
  const count = Math.min(1 + Math.max(0, Math.floor(lateMs / pace)), maxAtOnce);
  const now = beforeJobsRepeat(item.failures.slice(0, count));
  const losses = await pMap(now, (failure) => decideOrSetApart(engine, item, failure, newDeadline()), {
    concurrency,
  });
  const undecided = now.filter((_failure, index) => losses[index]);
  const [loss] = losses;
  if (loss && undecided.length === now.length) throw loss;

  const [next, ...others] = [...undecided, ...item.failures.slice(now.length)];
  if (!next) return null;
  const dueAt = addMs(item.dueAt, (now.length - undecided.length) * pace);
  const left = { ...item, jobId: next.jobId, dueAt, faults: 0, failures: [next, ...others] };
  return { item: left, delayMs: Math.max(0, dueAt.getTime() - clock.now().getTime()) };
}

/** Failures of one job are decided in their order. */
function beforeJobsRepeat(failures: readonly Failure[]): readonly Failure[] {
  const jobIds = failures.map(({ jobId }) => jobId);
  const repeated = jobIds.findIndex((jobId, index) => jobIds.indexOf(jobId) < index);
  return repeated < 0 ? failures : failures.slice(0, repeated);
}

/** Resolves to what kept the store from being asked; null if the failure is decided or set apart. */
async function decideOrSetApart(
  engine: Engine,
  item: Decide,
  failure: Failure,
  deadline: Deadline,
): Promise<StoreUnavailable | null> {
  try {
    await decideOne(engine, item.environment, failure, deadline);
    return null;
  } catch (error) {
    const isOtherVersion = error instanceof OtherVersion;
    if (error instanceof StoreUnavailable && !isOtherVersion) return error;
    if (item.failures.length === 1) throw error;
    const { queue, telemetry } = engine.ports;
    const message = `The failure of batch job ${failure.jobId} waits apart from others.`;
    telemetry.record({ kind: 'error', message, error });
    const faults = isOtherVersion ? item.faults : item.faults + 1;
    await queue.enqueue({ ...item, jobId: failure.jobId, failures: [failure], faults }, { delayMs: apartMs });
    return null;
  }
}

async function decideOne(
  engine: Engine,
  environment: string,
  failure: Failure,
  deadline: Deadline,
): Promise<void> {
  const { ports, policyFor } = engine;
  if (failure.trace) ports.telemetry.linkTo(failure.trace);
  if (policyFor(environment, failure)) {
    await decideFailure(engine, environment, failure, deadline);
    return;
  }
  const reason = 'No policy entry lists this job any more.';
  const made = failureDecision(newJob(environment, failure), failure, 'ignored', reason);
  recordDecisions(ports, environment, [made]);
}
