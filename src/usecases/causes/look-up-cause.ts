import type { Cause, Worded } from '../../domain/cause/cause.ts';
import { causeOfEvent } from '../../domain/cause/choose-cause.ts';
import { isFinal, nextLookUpAt } from '../../domain/cause/look-up-times.ts';
import type { Later, WorkItem } from '../../ports/work-item.ts';
import { Deadline } from '../engine/deadline.ts';
import { type Engine, runJob } from '../engine/run-job.ts';
import { TextSearch } from './text-search.ts';

type FindCause = Extract<WorkItem, { kind: 'find-cause' }>;

/**
 * Looks for the cause of one failure. As long as there is none, resolves to the next look-up, for an hour after the
 * failure. Once it is found it is kept, and noted in the job's history, each once however often this runs.
 */
export function createLookUpCause(engine: Engine, budgetMs: number) {
  const { ports } = engine;
  const search = new TextSearch(engine);

  return async function lookUpCause(item: FindCause): Promise<Later | null> {
    const { environment, jobId, failure } = item;
    if (failure.trace) ports.telemetry.linkTo(failure.trace);
    const known = await ports.causes.get({ environment, jobId }, failure.eventId);
    if (known) return note(item, known);
    const found = item.text === null ? await search.find(item) : wordedOf(item.text);
    switch (found.kind) {
      case 'found': {
        const now = ports.clock.now();
        if (!isFinal(found.worded, item.learnedAt, now) || !(await isDecided(item))) return again(item, null);
        const cause = causeOf(item, found.worded, now);
        await ports.causes.put(cause);
        return note(item, cause);
      }
      case 'nothing':
        return again(item, found.retryAfterMs);
      case 'busy':
        return { item, delayMs: found.forMs };
      case 'never':
        return null;
    }
  };

  /**
   * The record comes later if the failure waits in the work queue to be decided. It never comes if the process that
   * received the failure died, and nobody delivers it again: the watch finds its run, under another id.
   */
  async function isDecided({ environment, jobId, failure }: FindCause): Promise<boolean> {
    return (await ports.ledger.read({ environment, jobId }, failure.eventId)).eventKnown;
  }

  async function note(item: FindCause, cause: Worded): Promise<null> {
    const { environment, jobId, failure } = item;
    const deadline = new Deadline(ports.clock, budgetMs, ports.forcefulStop);
    const event = { kind: 'cause-found', failure, cause } as const;
    await runJob(engine, { environment, jobId }, event, deadline);
    return null;
  }

  function again(item: FindCause, retryAfterMs: number | null): Later | null {
    const now = ports.clock.now();
    const dueAt = nextLookUpAt(item.learnedAt, now, retryAfterMs, ports.randomness.random());
    return dueAt && { item: { ...item, dueAt, faults: 0 }, delayMs: dueAt.getTime() - now.getTime() };
  }
}

function wordedOf(text: string): { kind: 'found'; worded: Worded } | { kind: 'never' } {
  const worded = causeOfEvent(text);
  return worded ? { kind: 'found', worded } : { kind: 'never' };
}

function causeOf({ environment, failure, learnedAt }: FindCause, worded: Worded, foundAt: Date): Cause {
  const { jobId, eventId, description, endedAt } = failure;
  const { text, fingerprint, source, className } = worded;
  const failedAt = endedAt ?? learnedAt;
  return {
    environment,
    jobId,
    eventId,
    description,
    failedAt,
    text,
    fingerprint,
    source,
    className,
    foundAt,
  };
}
