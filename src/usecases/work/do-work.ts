import { currentFailure, nextDueAt } from '../../domain/job/batch-job.ts';
import type { Later, WorkItem } from '../../ports/work-item.ts';
import { createLookUpCause } from '../causes/look-up-cause.ts';
import { Deadline } from '../engine/deadline.ts';
import { type Engine, runJob } from '../engine/run-job.ts';
import { createDeliverNotification } from '../notify/deliver-notification.ts';
import { publishOutbox } from '../notify/publish-outbox.ts';
import { decideQueued } from './decide-queued.ts';
import type { DoWork } from './process-work.ts';

type Wake = Extract<WorkItem, { kind: 'wake' }>;
type Decide = Extract<WorkItem, { kind: 'decide' }>;

/** Marks a job whose wake-up, or outbox, is a dead letter, so that the sweep leaves it to people. */
export function createMarkDeadLetter(engine: Engine, budgetMs: number) {
  return async function markDeadLetter(item: WorkItem): Promise<void> {
    if (item.kind !== 'wake' && item.kind !== 'publish') return;
    const { clock, forcefulStop, telemetry } = engine.ports;
    const { environment, jobId } = item;
    const wakeId = item.kind === 'wake' ? item.wakeId : null;
    const deadline = new Deadline(clock, budgetMs, forcefulStop);
    try {
      await runJob(engine, { environment, jobId }, { kind: 'dead-lettered', wakeId }, deadline);
    } catch (error) {
      const message = `Batch job ${jobId} could not be marked as a dead letter.`;
      telemetry.record({ kind: 'error', message, error });
    }
  };
}

/**
 * Does one item of work. Resolves to the item that replaces it in the queue, if work is left. Rejects with
 * StoreUnavailable if the store cannot be reached: the queue must deliver the item again.
 */
export function createDoWork(engine: Engine, budgetMs: number): DoWork {
  const { ports } = engine;
  const deliverNotification = createDeliverNotification(ports);
  const lookUpCause = createLookUpCause(engine, budgetMs);
  const newDeadline = () => new Deadline(ports.clock, budgetMs, ports.forcefulStop);

  return async function doWork(item) {
    switch (item.kind) {
      case 'wake':
        return observed(item, () => wake(engine, item, newDeadline()));
      case 'publish':
        await publishOutbox(engine, item, newDeadline());
        return null;
      case 'deliver':
        return deliverNotification(item);
      case 'decide':
        return observed(item, () => decideQueued(engine, item, newDeadline));
      case 'find-cause':
        return lookUpCause(item);
    }
  };

  function observed({ environment, jobId, dueAt }: Wake | Decide, act: () => Promise<Later | null>) {
    return ports.telemetry.span({ name: 'process-job', environment, jobId, dueAt }, act, () => 'done');
  }
}

/** Processes the job. The wake-up then waits for the next due time, unless the record names another one. */
async function wake(engine: Engine, item: Wake, deadline: Deadline): Promise<Later | null> {
  const { ports } = engine;
  const { environment, jobId, wakeId, dueAt } = item;
  const key = { environment, jobId };
  const page = await ports.ledger.read(key, null);
  const trace = page.job && currentFailure(page.job)?.trace;
  if (trace) ports.telemetry.linkTo(trace);
  const { job } = await runJob(engine, key, { kind: 'woken', wakeId, dueAt }, deadline, { page });
  const nextAt = job?.wake?.id === wakeId ? nextDueAt(job) : null;
  if (!nextAt) return null;
  const delayMs = Math.max(0, nextAt.getTime() - ports.clock.now().getTime());
  return { item: { ...item, dueAt: nextAt, faults: 0 }, delayMs };
}
