import { retryByHand } from '../policy/by-hand.ts';
import type { Decision } from '../policy/decision.ts';
import { addMs } from '../policy/instants.ts';
import type { BatchJobKey } from '../ports/ledger.ts';
import { maxConflicts, tooManyWriters } from './conflicts.ts';
import { advanceJob } from './advance-job.ts';
import { armDelivered, lookAgainMs } from './arm-delivered.ts';
import { type ByHand, byHandEntry, failureByHand, type NotAsked } from './by-hand.ts';
import { Deadline } from './deadline.ts';
import type { Ports } from './ports.ts';
import { tellDecision, tellDecisions } from './tell-decisions.ts';
import { writeJob } from './write-job.ts';

export type RetriedByHand = { kind: 'decided'; decision: Decision } | NotAsked;

/**
 * Retries a job now, under its policy: only if it is in Error, within its budget, and not while it is paused.
 * Rejects with LedgerUnavailable if the store cannot be reached.
 */
export function createRetryByHand(ports: Ports, budgetMs: number) {
  return async function retry(key: BatchJobKey, asked: ByHand): Promise<RetriedByHand> {
    const deadline = new Deadline(ports.clock, budgetMs, ports.hurry);
    const { environment } = key;
    for (let conflicts = 0; conflicts < maxConflicts; conflicts++) {
      const { job: known, version } = await ports.ledger.read(key, null);
      const found = await failureByHand(ports, key, known, deadline);
      if (found.kind !== 'failure') return found;
      const { failure } = found;
      const policy = ports.policyFor(environment, failure);
      if (!policy) {
        const reason = 'No policy entry lists this job.';
        const ignored = { decision: 'ignored', retry: null, dueAt: null, reason } as const;
        return { kind: 'decided', decision: tellDecision(ports, environment, failure, ignored) };
      }
      const now = ports.clock.now();
      const wakeAt = addMs(now, lookAgainMs);
      const admitted = retryByHand(known, environment, failure, policy, now);
      const job = { ...admitted.job, wakeAt };
      const entry = byHandEntry(ports, 'retry', asked, job, failure.eventId);
      await ports.queue.put({ ...key, dueAt: wakeAt });
      const written = await writeJob(ports, key, version, job, admitted.decided, [entry]);
      if (written.kind === 'conflict') continue;
      tellDecisions(ports, environment, admitted.decided);

      const page = { job, version: written.version, seen: false };
      const advanced = await advanceJob(ports, page, {
        key,
        eventId: null,
        admit: (current) =>
          current.job
            ? { kind: 'admitted', job: current.job, decided: [] }
            : { kind: 'duplicate', dueAt: null, reason: 'Its record is gone.' },
        arm: (armed) => armDelivered(ports, key, armed, wakeAt),
        deadline,
      });
      const decisions =
        advanced.kind === 'decided' ? tellDecisions(ports, environment, advanced.decided) : [];
      const decision = decisions.findLast(({ eventId }) => eventId === failure.eventId);
      if (decision) return { kind: 'decided', decision };
      const reason = 'Another process has taken the job up: its history tells what became of it.';
      const taken = { decision: 'deferred', retry: null, dueAt: ports.clock.now(), reason } as const;
      return { kind: 'decided', decision: tellDecision(ports, environment, failure, taken) };
    }
    throw tooManyWriters(key);
  };
}
