import { newJob } from '../policy/admit.ts';
import type { BatchJob } from '../policy/batch-job.ts';
import { claimByHand, settleByHand } from '../policy/by-hand.ts';
import { addMs } from '../policy/instants.ts';
import type { ActionElements, SetToWaitingOutcome } from '../policy/outcome.ts';
import type { BatchJobKey } from '../ports/ledger.ts';
import { maxConflicts, tooManyWriters } from './conflicts.ts';
import { armDelivered, lookAgainMs } from './arm-delivered.ts';
import { type ByHand, byHandEntry, failureByHand, type NotAsked } from './by-hand.ts';
import { Deadline } from './deadline.ts';
import { askForGrant, tellBreaker } from './environment-gate.ts';
import type { Ports } from './ports.ts';
import { recordOutcome } from './record-outcome.ts';
import { tellDecisions } from './tell-decisions.ts';
import { writeJob } from './write-job.ts';

export type SetToWaitingByHand =
  | { kind: 'answered'; action: ActionElements }
  /** It is not known whether F&O acted; the history will tell. */
  | { kind: 'unknown'; reason: string }
  /** A request for this job is under way, or its fate is not known yet. */
  | { kind: 'unsettled'; until: Date }
  /** Nothing was sent, or F&O did not take it. */
  | { kind: 'not-taken'; reason: string }
  | NotAsked;

/**
 * Sets a job to waiting in F&O because a person asks for it, whatever policy and budget say; its run is followed
 * like any other. Rejects with LedgerUnavailable before anything was sent.
 */
export function createSetToWaiting(ports: Ports, budgetMs: number) {
  return async function setToWaiting(key: BatchJobKey, asked: ByHand): Promise<SetToWaitingByHand> {
    const deadline = new Deadline(ports.clock, budgetMs, ports.hurry);
    for (let conflicts = 0; conflicts < maxConflicts; conflicts++) {
      const { job: known, version } = await ports.ledger.read(key, null);
      if (known?.claim) return { kind: 'unsettled', until: known.claim.leaseUntil };
      const found = await failureByHand(ports, key, known, deadline);
      if (found.kind !== 'failure') return found;

      const now = ports.clock.now();
      const wakeAt = addMs(now, lookAgainMs);
      const { description, legalEntity } = found.failure;
      const base = known ? { ...known, description, legalEntity } : newJob(key.environment, found.failure);
      const claim = claimByHand(base, found.failure, ports.randomness.uuid(), now);
      const job = { ...base, claim, wakeAt };
      const entry = byHandEntry(ports, 'set-to-waiting', asked, job, claim.failure.eventId);
      await ports.queue.put({ ...key, dueAt: wakeAt });
      const [written, grant] = await Promise.all([
        writeJob(ports, key, version, job, [], [entry]),
        askForGrant(ports, key.environment),
      ]);
      if (written.kind === 'conflict') continue;

      const outcome: SetToWaitingOutcome =
        grant.kind === 'go' && deadline.allowsAsking()
          ? await deadline.ask((signal) => ports.batchJobs(key.environment).setToWaiting(key.jobId, signal))
          : notSent(grant.kind === 'wait' ? grant.until : null);
      const arm = (after: BatchJob) => armDelivered(ports, key, after, wakeAt);
      const claimed = { key, job, version: written.version, claim, arm };
      const [decisions] = await Promise.all([
        recordOutcome(ports, claimed, (current) => settleByHand(current, claim, outcome, ports.clock.now())),
        grant.kind === 'go' ? tellBreaker(ports, key.environment, grant.breaker, outcome) : null,
      ]);
      tellDecisions(ports, key.environment, decisions);
      return resultOf(outcome, decisions[0]?.reason ?? 'It was settled by another process meanwhile.');
    }
    throw tooManyWriters(key);
  };
}

function notSent(heldBackUntil: Date | null): SetToWaitingOutcome {
  const message = heldBackUntil
    ? `F&O is left alone until ${heldBackUntil.toISOString()}`
    : 'there was no time left to ask F&O';
  return { kind: 'not-sent', cause: 'time', answer: { status: null, isSuccess: null, message } };
}

function resultOf(outcome: SetToWaitingOutcome, reason: string): SetToWaitingByHand {
  switch (outcome.kind) {
    case 'taken':
    case 'refused':
      return { kind: 'answered', action: outcome.action };
    case 'unknown':
      return { kind: 'unknown', reason };
    default:
      return { kind: 'not-taken', reason };
  }
}
