import type { Admission } from '../policy/admit.ts';
import type { BatchJob, Claim, Decided } from '../policy/batch-job.ts';
import { nextStep, type Step } from '../policy/next-step.ts';
import type { Observation, SetToWaitingOutcome } from '../policy/outcome.ts';
import { leaveForLater, putOff, settle } from '../policy/settle.ts';
import {
  type BatchJobKey,
  historyEntry,
  type LedgerPage,
  LedgerUnavailable,
  type Version,
} from '../ports/ledger.ts';
import type { Deadline } from './deadline.ts';
import type { Ports } from './ports.ts';

/** Writers of one job that come between; more at once than any environment's failures of one job. */
const maxConflicts = 20;

export type Advanced = Extract<Admission, { kind: 'duplicate' }> | { kind: 'decided'; decided: Decided[] };

/**
 * Does what is to be done for one job now: read → (nothing to do) → durable claim → request → record the outcome.
 * `admit` takes what is new into the record that was read; it is called again if another process wrote first.
 * Rejects with LedgerUnavailable only before anything durable happened.
 */
export async function advanceJob(
  ports: Ports,
  key: BatchJobKey,
  eventId: string | null,
  admit: (page: LedgerPage, now: Date) => Admission,
  deadline: Deadline,
): Promise<Advanced> {
  for (let conflicts = 0; conflicts < maxConflicts; conflicts++) {
    const page = await ports.ledger.read(key, eventId);
    const admission = admit(page, ports.clock.now());
    if (admission.kind === 'duplicate') return admission;

    const step = await findStep(ports, key, admission.job, deadline);
    const decided = [...admission.decided, ...step.decided];
    if (step.kind === 'rest' && step.job === page.job && decided.length === 0)
      return { kind: 'decided', decided };

    const claimed = await write(ports, key, page.version, step.job, decided);
    if (claimed.kind === 'conflict') continue;
    if (step.kind === 'rest') return { kind: 'decided', decided };

    const outcome = await deadline.ask((signal) =>
      ports.batchJobs(key.environment).setToWaiting(key.jobId, signal),
    );
    const settled = await record(ports, key, claimed.version, step.job, step.claim, outcome);
    return { kind: 'decided', decided: [...decided, ...settled] };
  }
  throw new LedgerUnavailable(`Batch job ${key.jobId} is being written by too many at once.`);
}

/** The next step, after reading the job's status in F&O if that is what comes first. */
async function findStep(
  ports: Ports,
  key: BatchJobKey,
  job: BatchJob,
  deadline: Deadline,
): Promise<Exclude<Step, { kind: 'read-status' }>> {
  const stepGiven = (observed: Observation | 'no such job' | null) =>
    nextStep(
      job,
      (failure) => ports.policyFor(key.environment, failure),
      observed,
      ports.randomness.uuid(),
      ports.clock.now(),
    );
  const step = stepGiven(null);
  if (step.kind === 'rest') return step;
  if (!deadline.allowsAsking()) return { kind: 'rest', ...leaveForLater(job, ports.clock.now()) };
  if (step.kind === 'request') return step;

  const read = await deadline.ask((signal) => ports.batchJobs(key.environment).read(key.jobId, signal));
  if (read.kind !== 'found' && read.kind !== 'not-found') {
    return { kind: 'rest', ...putOff(job, read, ports.clock.now(), ports.randomness.random()) };
  }
  const informed = stepGiven(read.kind === 'found' ? read.observation : 'no such job');
  if (informed.kind === 'request' && deadline.allowsAsking()) return informed;
  if (informed.kind === 'rest') return informed;
  return { kind: 'rest', ...leaveForLater(job, ports.clock.now()) };
}

/**
 * Records what became of a request. Whatever happens here, the claim is durable: if the outcome cannot be
 * written, the job's status in F&O settles it once the lease is over.
 */
async function record(
  ports: Ports,
  key: BatchJobKey,
  claimedVersion: Version,
  claimedJob: BatchJob,
  claim: Claim,
  outcome: SetToWaitingOutcome,
): Promise<Decided[]> {
  const random = ports.randomness.random();
  const settleNow = (job: BatchJob) => settle(job, claim, outcome, ports.clock.now(), random);
  try {
    let job: BatchJob | null = claimedJob;
    let version = claimedVersion;
    while (job?.claim?.token === claim.token) {
      const settled = settleNow(job);
      const written = await write(ports, key, version, settled.job, settled.decided);
      if (written.kind === 'written') return settled.decided;
      ({ job, version } = await ports.ledger.read(key, null));
    }
    ports.telemetry.warning(`The claim on batch job ${key.jobId} was settled by another process meanwhile.`);
    return settleNow(claimedJob).decided;
  } catch (error) {
    if (!(error instanceof LedgerUnavailable)) throw error;
    ports.telemetry.error(`What F&O answered for batch job ${key.jobId} could not be recorded.`, error);
    const reason = "F&O's answer could not be recorded: the job's status in F&O settles it.";
    const { failure, leaseUntil } = claim;
    return [
      { failure, decision: 'deferred', retry: null, dueAt: leaseUntil, reason, answer: outcome.answer },
    ];
  }
}

function write(ports: Ports, key: BatchJobKey, version: Version, job: BatchJob, decided: Decided[]) {
  const at = ports.clock.now();
  const open = [job.claim?.failure, job.waiting?.failure].filter((failure) => failure !== undefined);
  return ports.ledger.write(key, version, {
    job,
    eventIds: [...decided.map(({ failure }) => failure), ...open].map(({ eventId }) => eventId),
    history: decided.map((decision) =>
      historyEntry(decision, ports.policyFor(key.environment, decision.failure)?.name ?? null, at),
    ),
  });
}
