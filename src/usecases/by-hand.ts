import type { BatchJob } from '../policy/batch-job.ts';
import type { Failure } from '../policy/failure.ts';
import type { NotTaken } from '../policy/outcome.ts';
import type { BatchJobKey, ByHandKind, NewHistoryEntry } from '../ports/ledger.ts';
import type { Deadline } from './deadline.ts';
import type { Ports } from './ports.ts';

/** What a person asks for. */
export type ByHand = {
  /** Who asks, as far as it is known. */
  by: string;
  reason: string;
};

export type NotAsked =
  | { kind: 'no-such-job' }
  /** F&O cannot be asked now, and nothing was done. */
  | { kind: 'fno-unavailable'; outcome: NotTaken };

/** How the history tells of it. */
export function byHandEntry(
  ports: Pick<Ports, 'clock' | 'policyFor'>,
  kind: ByHandKind,
  { by, reason }: ByHand,
  job: BatchJob,
  eventId: string,
): NewHistoryEntry {
  const nothing = { envelope: null, decision: null, retry: null, dueAt: null, fno: null };
  const policy = ports.policyFor(job.environment, job)?.name ?? null;
  return { at: ports.clock.now(), kind, eventId, by, reason, policy, ...nothing };
}

/**
 * What stands for the failure of a job that a person takes in hand. What the service does not know the policy's
 * fields of, because it has no record or only one of a pause, is read from F&O.
 */
export async function failureByHand(
  ports: Ports,
  key: BatchJobKey,
  job: BatchJob | null,
  deadline: Deadline,
): Promise<{ kind: 'failure'; failure: Failure } | NotAsked> {
  const eventId = `BY-HAND-${ports.randomness.uuid()}`;
  const { jobId } = key;
  if (job && (job.description !== '' || job.legalEntity !== '')) {
    const { description, legalEntity } = job;
    const failure = { eventId, jobId, description, legalEntity, endedAt: null, controlNumber: null };
    return { kind: 'failure', failure };
  }
  const read = await deadline.ask((signal) => ports.batchJobs(key.environment).read(jobId, signal));
  if (read.kind === 'not-found') return { kind: 'no-such-job' };
  if (read.kind !== 'found') return { kind: 'fno-unavailable', outcome: read };
  const { description, legalEntity, endedAt } = read.observation;
  return {
    kind: 'failure',
    failure: { eventId, jobId, description, legalEntity, endedAt, controlNumber: null },
  };
}
