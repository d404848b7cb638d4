import { type BatchJob, type Decided, openFailures } from '../policy/batch-job.ts';
import { addMs } from '../policy/instants.ts';
import { notificationOf } from '../policy/notification.ts';
import {
  type BatchJobKey,
  historyEntry,
  LedgerUnavailable,
  type NewHistoryEntry,
  type Version,
  type WriteResult,
} from '../ports/ledger.ts';
import type { Ports } from './ports.ts';

/** Until then, in ms, the record is written whose news the work queue is to tell. */
const tellAfterMs = 1000;

/**
 * Writes a job's record with what was decided: the history of it, and in the record what is to be told of it.
 * Whatever else is to be done for the job later must be in the work queue before.
 */
export async function writeJob(
  ports: Ports,
  key: BatchJobKey,
  version: Version,
  job: BatchJob,
  all: readonly Decided[],
  byHand: readonly NewHistoryEntry[] = [],
): Promise<WriteResult> {
  const at = ports.clock.now();
  // What is decided together with the end of an episode is of that episode.
  const ended = all.find(({ endedEpisode }) => endedEpisode)?.endedEpisode;
  const news = all.flatMap(
    (made) => notificationOf(made, { ...job, ...ended }, at, ports.randomness.uuid()) ?? [],
  );
  const failures = [...all.map(({ failure }) => failure), ...openFailures(job)];
  const decided = all.map((made) =>
    historyEntry(made, ports.policyFor(key.environment, made.failure)?.name ?? null, at),
  );
  const [written] = await Promise.all([
    ports.ledger.write(key, version, {
      at,
      job: { ...job, untold: [...job.untold, ...news] },
      eventIds: failures.map(({ eventId }) => eventId),
      history: [...byHand, ...decided],
    }),
    news.length > 0 ? putTelling(ports, key, at) : null,
  ]);
  return written;
}

/**
 * What is untold stands in the record: if it cannot be put into the queue as well, the next look at the job, or
 * the sweep, tells it.
 */
async function putTelling(ports: Ports, key: BatchJobKey, at: Date): Promise<void> {
  try {
    await ports.queue.put({ ...key, dueAt: addMs(at, tellAfterMs) });
  } catch (error) {
    if (!(error instanceof LedgerUnavailable)) throw error;
    ports.telemetry.error(`What there is to tell of batch job ${key.jobId} is told later.`, error);
  }
}
