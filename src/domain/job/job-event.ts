import type { Worded } from '../cause/cause.ts';
import type { Failure } from '../failure.ts';
import type { ReadOutcome, SetToWaitingOutcome } from '../outcome.ts';
import type { RetryPolicy } from '../retry-policy/retry-policy.ts';
import type { BatchJob, Claim, RunTimes } from './batch-job.ts';
import type { Decision } from './decision.ts';
import type { OperatorAction, RunFinding } from './outcomes.ts';

/** What can happen to a job. */
export type JobEvent =
  /** A failure was delivered. `text` is what the event itself says of its cause. */
  | { kind: 'failure'; failure: Failure; text?: string | null }
  /** F&O reported a run. `occurredAt` is F&O's clock when it sent the event. */
  | { kind: 'run-reported'; progress: Progress; event: Failure; occurredAt: Date | null }
  /**
   * A search of F&O showed how a run ended. `failure` stands for the run, and says how that became known. `staysShown`:
   * a read shows the times of the run until a newer one begins. `isMoot`: a newer run has ended.
   */
  | {
      kind: 'run-learned';
      end: 'failed' | 'finished';
      run: RunTimes;
      failure: Failure;
      staysShown: boolean;
      isMoot: boolean;
    }
  /** A search of F&O showed what is unusual of the run of this time. `failure` stands for the run. */
  | { kind: 'run-unusual'; finding: RunFinding; at: Date; failure: Failure; reason: string }
  /** The work queue delivered the wake-up `wakeId`, which was due at `dueAt`. */
  | { kind: 'woken'; wakeId: string; dueAt: Date }
  /** The claimed request got no permit: the service must not send it before `until`. */
  | { kind: 'permit-denied'; claim: Claim; until: Date; cause: PermitCause }
  /** F&O answered the claimed request, or its answer is lost. */
  | { kind: 'answered'; claim: Claim; outcome: SetToWaitingOutcome }
  | OperatorEvent
  /** The wake-up, or if null the publishing, is a dead letter: the service leaves it to people. */
  | { kind: 'dead-lettered'; wakeId: string | null }
  /** A process begins to publish the outbox, or has published these messages. */
  | { kind: 'publishing' }
  | { kind: 'published'; ids: ReadonlySet<string> }
  /** Why a run failed became known. */
  | { kind: 'cause-found'; failure: Failure; cause: Worded };

/** What F&O reports of a job beside its failures. */
export type Progress = 'started' | 'finished' | 'canceled';

export type PermitCause = 'breaker' | 'rate-limit' | 'contention';

/** `failure` stands for the job's failure; its event id identifies this request. */
export type OperatorEvent = {
  kind: 'operator';
  action: OperatorAction;
  by: string;
  reason: string;
  failure: Failure;
};

/** What a transition depends on beside the job and the event. */
export type Context = {
  environment: string;
  /** Whether the event's id is in the ledger. */
  isKnown: boolean;
  /** The policy entry that lists the failed job, or null if none does. */
  policyFor: (failure: Failure) => RetryPolicy | null;
  now: Date;
  /**
   * Until when, by F&O's clock of its runs, the service knows each run that failed; null if nothing but events tells.
   * It is asked only where a run has ended without an event.
   */
  failuresToldUntil: Date | null;
  /** In [0, 1). */
  random: number;
  /** Identifies the claim, if the transition makes one. */
  token: string;
  /** What a read of the job showed, if this event needed one. */
  read: ReadOutcome | NotRead | null;
};

/** The service did not read the job: no time was left, or the circuit breaker is open. */
export type NotRead = { kind: 'out-of-time' } | { kind: 'breaker-open'; until: Date };

export type Transition =
  /** Write nothing. `dueAt` says when the service processes the job again, if something is open. */
  | { kind: 'unchanged'; reason: string; dueAt: Date | null }
  /** Read the job in F&O, then call again with what the read showed. */
  | { kind: 'read' }
  /** Write `job`, then send the request that it claims, if it claims one. */
  | { kind: 'changed'; job: BatchJob; decisions: Decision[]; request: Claim | null };

/** A job on its way through a transition. `learned` is a failure that a read showed and no event reported. */
export type Draft = { job: BatchJob; decisions: readonly Decision[]; learned?: Failure };

export function unchanged(reason: string, dueAt: Date | null = null): Transition {
  return { kind: 'unchanged', reason, dueAt };
}

export function changed({ job, decisions }: Draft, request: Claim | null = null): Transition {
  const last = decisions.findLast(({ outcome }) => outcome !== null && outcome !== 'duplicate');
  const outcome = last?.outcome ?? job.lastOutcome;
  const announced = announcedBy(decisions) ?? job.announced;
  const next = { ...job, lastOutcome: outcome, announced };
  return { kind: 'changed', job: next, decisions: [...decisions], request };
}

/** A set-up problem is announced once for all jobs: no single failure is. */
function announcedBy(decisions: readonly Decision[]): BatchJob['announced'] {
  const last = decisions.findLast(
    ({ notify, outcome }) =>
      (notify === 'exhausted' || notify === 'needs-attention') && outcome !== 'deferred',
  );
  return last?.outcome ? { eventId: last.failure.eventId, decision: last.outcome } : null;
}

/** The draft with its job changed, and decisions added. */
export function revise(draft: Draft, changes: Partial<BatchJob>, ...decisions: Decision[]): Draft {
  return { ...draft, job: { ...draft.job, ...changes }, decisions: [...draft.decisions, ...decisions] };
}
