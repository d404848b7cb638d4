import type { Admission } from '../policy/admit.ts';
import type { BatchJob, Decided } from '../policy/batch-job.ts';
import { holdBack, leaveForLater, putOff } from '../policy/defer.ts';
import type { Grant } from '../policy/environment-state.ts';
import { claimLeaseMs, defaultGiveUpAfterMs, nextStep, type Step } from '../policy/next-step.ts';
import type { Observation, SetToWaitingOutcome } from '../policy/outcome.ts';
import { settle } from '../policy/settle.ts';
import {
  type BatchJobKey,
  type LedgerPage,
  LedgerUnavailable,
  type Version,
  type WriteResult,
} from '../ports/ledger.ts';
import { maxConflicts, tooManyWriters } from './conflicts.ts';
import type { Deadline } from './deadline.ts';
import { askForGrant, tellBreaker } from './environment-gate.ts';
import type { Ports } from './ports.ts';
import { recordOutcome } from './record-outcome.ts';
import { writeJob } from './write-job.ts';

export type Advanced = Extract<Admission, { kind: 'duplicate' }> | { kind: 'decided'; decided: Decided[] };

export type Advance = {
  key: BatchJobKey;
  /** The delivered event, if it was one. */
  eventId: string | null;
  /** Takes what is new into the record that was read; called again if another process wrote first. */
  admit: (page: LedgerPage, now: Date) => Admission;
  /** Sees to it that the work queue will take the job up when it is due, before the record is written. */
  arm: (job: BatchJob) => Promise<BatchJob>;
  deadline: Deadline;
};

/** A process that was held up knows nothing of what happened meanwhile, and its item in the work queue may be gone. */
function heldUp(): LedgerUnavailable {
  return new LedgerUnavailable('The process was held up for too long.');
}

type Request = Extract<Step, { kind: 'request' }>;
type Rest = Extract<Step, { kind: 'rest' }>;

/**
 * Does what is to be done for one job now: read → (nothing to do) → durable claim → request → record the outcome.
 * Rejects with LedgerUnavailable only before anything durable happened.
 */
export async function advanceJob(ports: Ports, page: LedgerPage, advance: Advance): Promise<Advanced> {
  const { key } = advance;
  const startedAt = ports.clock.now().getTime();
  let current = page;
  for (let conflicts = 0; conflicts < maxConflicts; conflicts++) {
    const admission = advance.admit(current, ports.clock.now());
    if (admission.kind === 'duplicate') return admission;

    const step = await findStep(ports, advance, admission.job);
    const decisions = [...admission.decided, ...step.decided];
    if (ports.clock.now().getTime() - startedAt > claimLeaseMs) throw heldUp();
    const [written, grant] = await Promise.all([
      armAndWrite(ports, advance, current.version, step.job, decisions),
      step.kind === 'request' ? askForGrant(ports, key.environment) : null,
    ]);
    if (written.kind === 'written') {
      if (step.kind === 'request' && grant) {
        decisions.push(...(await request(ports, advance, written.version, step, grant)));
      }
      return { kind: 'decided', decided: decisions };
    }
    if (!advance.deadline.allowsAsking()) break;
    current = await ports.ledger.read(key, advance.eventId);
  }
  throw tooManyWriters(key);
}

/** The next step, after reading the job's status in F&O if that is what comes first. */
async function findStep(ports: Ports, { key, deadline }: Advance, job: BatchJob): Promise<Request | Rest> {
  const stepGiven = (observed: Observation | 'no such job' | null) =>
    nextStep(job, {
      policyFor: (failure) => ports.policyFor(key.environment, failure),
      observed,
      token: ports.randomness.uuid(),
      now: ports.clock.now(),
    });
  const step = stepGiven(null);
  if (step.kind !== 'read-status') return step;
  if (!deadline.allowsAsking()) return { kind: 'rest', ...leaveForLater(job, ports.clock.now()) };

  const read = await deadline.ask((signal) => ports.batchJobs(key.environment).read(key.jobId, signal));
  if (read.kind !== 'found' && read.kind !== 'not-found') {
    const random = ports.randomness.random();
    return { kind: 'rest', ...putOff(job, read, giveUpAfter(ports, job), ports.clock.now(), random) };
  }
  const informed = stepGiven(read.kind === 'found' ? read.observation : 'no such job');
  if (informed.kind === 'read-status') throw new Error('The status was read, and is to be read again.');
  return informed;
}

/** Sends the request that was claimed, if it may be sent now, and records what became of it. */
async function request(
  ports: Ports,
  advance: Advance,
  version: Version,
  { job: claimedJob, claim }: Request,
  grant: Grant,
): Promise<Decided[]> {
  const { key, arm } = advance;
  const { environment } = key;
  const claimed = { key, job: claimedJob, version, claim, arm };
  const random = ports.randomness.random();
  if (grant.kind === 'wait') {
    return recordOutcome(ports, claimed, (job) =>
      holdBack(job, claim, grant, giveUpAfter(ports, job), ports.clock.now(), random),
    );
  }
  const outcome = await send(ports, advance);
  const [recorded] = await Promise.all([
    recordOutcome(ports, claimed, (job) =>
      settle(job, claim, outcome, giveUpAfter(ports, job), ports.clock.now(), random),
    ),
    tellBreaker(ports, environment, grant.breaker, outcome),
  ]);
  return recorded;
}

/** A process that was held up since it claimed sends nothing: another may have taken the job over. */
async function send(ports: Ports, { key, deadline }: Advance): Promise<SetToWaitingOutcome> {
  if (!deadline.allowsAsking()) {
    return { kind: 'not-sent', cause: 'time', answer: { status: null, isSuccess: null, message: null } };
  }
  return deadline.ask((signal) => ports.batchJobs(key.environment).setToWaiting(key.jobId, signal));
}

async function armAndWrite(
  ports: Ports,
  { key, arm }: Advance,
  version: Version,
  job: BatchJob,
  all: Decided[],
): Promise<WriteResult> {
  return writeJob(ports, key, version, await arm(job), all);
}

function giveUpAfter(ports: Ports, job: BatchJob): number {
  return ports.policyFor(job.environment, job)?.giveUpAfterMs ?? defaultGiveUpAfterMs;
}
