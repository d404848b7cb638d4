import pMap from 'p-map';
import { windowOf } from '../../domain/cause/run-window.ts';
import type { Failure } from '../../domain/failure.ts';
import { addMs } from '../../domain/instants.ts';
import { newJob } from '../../domain/job/batch-job.ts';
import { failureDecision } from '../../domain/job/decision.ts';
import type { EventAnswer } from '../../domain/job/event-answer.ts';
import { answerOf } from '../../domain/job/event-answer.ts';
import { StoreUnavailable } from '../../ports/ledger.ts';
import type { Deadline } from '../engine/deadline.ts';
import { enqueueLookUp } from '../engine/enqueue-look-up.ts';
import { recordDecisions } from '../engine/record-decisions.ts';
import type { Engine } from '../engine/run-job.ts';

/** `text` is what the event says of its cause. */
export type Overflow = { environment: string; failure: Failure; text: string | null };

/** A message of Azure Queues holds 64 KiB of base64, which is 48 KiB. */
const maxPackedBytes = 32 * 1024;

/** How many items are enqueued at the same time. */
const concurrency = 16;

/** The time between decisions on queued failures, in ms: as short as the rate limit of requeues allows. */
export function paceMs(requeuesPerMinute: number): number {
  return Math.ceil(60_000 / requeuesPerMinute);
}

/**
 * Enqueues failures that arrived together with too many others, many in one item. `position` is the first one's
 * place in its delivery, and counts the failures that are decided before it. The answers lack what could not be
 * enqueued, for lack of time or of a store.
 */
export async function enqueueOverflow<Kept extends Overflow>(
  { ports, policyFor, requeuesPerMinute }: Engine,
  all: readonly Kept[],
  position: number,
  deadline: Deadline,
): Promise<Map<Kept, EventAnswer>> {
  if (all.length === 0) return new Map();
  const pace = paceMs(requeuesPerMinute);
  const firstDueAt = addMs(ports.clock.now(), (position + 1) * pace);
  const answers = new Map<Kept, EventAnswer>();

  await pMap(
    pack(all),
    async ({ first, kept }) => {
      const [one] = kept;
      if (!one || !deadline.canCallStoreOnce()) return;
      const dueAt = addMs(firstDueAt, first * pace);
      const failures = kept.map(({ failure }) => failure);
      const { environment } = one;
      const { jobId } = one.failure;
      try {
        await ports.queue.enqueue({ kind: 'decide', environment, jobId, dueAt, faults: 0, failures });
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        const message = 'The work queue cannot be reached; F&O is asked to deliver again.';
        ports.telemetry.record({ kind: 'error', message, error });
        return;
      }
      await Promise.all(kept.map((each) => enqueueText(each)));
      for (const [index, each] of kept.entries()) {
        answers.set(each, answerQueued(each, addMs(dueAt, index * pace)));
      }
    },
    { concurrency },
  );
  return answers;

  /** An item for many failures has no room for their texts. */
  async function enqueueText({ environment, failure, text }: Overflow): Promise<void> {
    if (text === null) return;
    const endedAt = failure.endedAt ?? ports.clock.now();
    await enqueueLookUp(ports, environment, failure, windowOf({ startedAt: null, endedAt }, null), text);
  }

  function answerQueued({ environment, failure }: Overflow, dueAt: Date): EventAnswer {
    const reason = `Too many failures arrived together. This one is queued and will be decided at ${dueAt.toISOString()}.`;
    const policy = policyFor(environment, failure);
    const details = { dueAt, policy, cause: 'no-time' as const };
    const made = failureDecision(newJob(environment, failure), failure, 'deferred', reason, details);
    recordDecisions(ports, environment, [made]);
    return answerOf(environment, made);
  }
}

type Package<Kept> = { first: number; kept: Kept[]; bytes: number };

/** Neighbours of one environment, as many as one item holds. */
function pack<Kept extends Overflow>(all: readonly Kept[]): Package<Kept>[] {
  const packages: Package<Kept>[] = [];
  for (const [first, one] of all.entries()) {
    const bytes = Buffer.byteLength(JSON.stringify(one.failure));
    const last = packages.at(-1);
    if (last?.kept[0]?.environment === one.environment && last.bytes + bytes <= maxPackedBytes) {
      last.kept.push(one);
      last.bytes += bytes;
    } else {
      packages.push({ first, kept: [one], bytes });
    }
  }
  return packages;
}
