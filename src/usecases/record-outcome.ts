import { type BatchJob, type Claim, type Decided, decided } from '../policy/batch-job.ts';
import type { Settled } from '../policy/defer.ts';
import { countAfterAll } from '../policy/resolve-claim.ts';
import { type BatchJobKey, LedgerUnavailable, type Version } from '../ports/ledger.ts';
import type { Ports } from './ports.ts';
import { writeJob } from './write-job.ts';

/** A claim that is in the ledger: the record that holds it, and its version. */
export type Claimed = {
  key: BatchJobKey;
  job: BatchJob;
  version: Version;
  claim: Claim;
  /** Sees to it that the work queue will take the job up when it is due, before the record is written. */
  arm: (job: BatchJob) => Promise<BatchJob>;
};

/**
 * Records what became of a claim. Whatever happens here, the claim is durable: if the outcome cannot be
 * written, the job's status in F&O settles it once the lease is over.
 */
export async function recordOutcome(
  ports: Ports,
  { key, job: claimedJob, version: claimedVersion, claim, arm }: Claimed,
  settled: (job: BatchJob) => Settled,
): Promise<Decided[]> {
  try {
    let job: BatchJob | null = claimedJob;
    let version = claimedVersion;
    while (job?.claim?.token === claim.token) {
      const { job: after, decided: decisions } = settled(job);
      const written = await writeJob(ports, key, version, await arm(after), decisions);
      if (written.kind === 'written') return decisions;
      ({ job, version } = await ports.ledger.read(key, null));
    }
    ports.telemetry.warning(`The claim on batch job ${key.jobId} was settled by another process meanwhile.`);
    return await countLate(ports, { key, job, version, claim }, settled(claimedJob).decided);
  } catch (error) {
    if (!(error instanceof LedgerUnavailable)) throw error;
    ports.telemetry.error(
      `What became of a request for batch job ${key.jobId} could not be recorded.`,
      error,
    );
    const reason = "F&O's answer could not be recorded: the job's status in F&O settles it.";
    return [decided(claim.failure, 'deferred', reason, { dueAt: claim.leaseUntil })];
  }
}

/** What F&O took although its claim was given back is counted again. */
async function countLate(
  ports: Ports,
  { key, claim, ...read }: Omit<Claimed, 'job' | 'arm'> & { job: BatchJob | null },
  decisions: Decided[],
): Promise<Decided[]> {
  if (!decisions.some(({ decision }) => decision === 'requeued')) return decisions;
  for (let { job, version } = read; job; { job, version } = await ports.ledger.read(key, null)) {
    const counted = countAfterAll(job, claim, ports.clock.now());
    if (!counted) break;
    const written = await writeJob(ports, key, version, counted.job, counted.decided);
    if (written.kind === 'written') return counted.decided;
  }
  return decisions;
}
