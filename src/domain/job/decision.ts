import type { Worded } from '../cause/cause.ts';
import type { Failure } from '../failure.ts';
import type { FnoAnswer } from '../outcome.ts';
import type { RetryPolicy } from '../retry-policy/retry-policy.ts';
import type { DeferralCause } from './deferral-cause.ts';
import type { Episode } from './episode.ts';
import type {
  FailureOutcome,
  NotificationEvent,
  OperatorAction,
  Outcome,
  RunFinding,
  RunOutcome,
} from './outcomes.ts';

/**
 * One decision. It becomes a line of the history, the answer to an event, a telemetry event, and perhaps a
 * notification. It carries the policy entry that decided, so nothing looks that up again.
 */
export type Decision = FailureDecision | RunDecision | OperatorDecision | CauseDecision | FindingDecision;

export type FailureDecision = Details & { about: 'failure'; outcome: FailureOutcome };
export type RunDecision = Details & { about: 'run'; outcome: RunOutcome };
export type OperatorDecision = Details & { about: 'operator'; action: OperatorAction; outcome: null };
export type FindingDecision = Details & { about: 'finding'; finding: RunFinding; outcome: null };
/** Why a run failed became known. `announced` is the decision that a person was told of before, if any was. */
export type CauseDecision = Details & {
  about: 'cause';
  outcome: null;
  found: Worded;
  announced: Outcome | null;
};

type Details = {
  failure: Failure;
  policy: Pick<RetryPolicy, 'name' | 'maxRetries'> | null;
  /** The number of the retry in its episode, if the service sent one or would have. */
  retry: number | null;
  /** When the service processes the failure again; null once the decision is final. */
  dueAt: Date | null;
  reason: string;
  answer: FnoAnswer | null;
  /** Why the failure was deferred, if it was. */
  cause: DeferralCause | null;
  /** Who asked; null for the service itself. */
  by: string | null;
  /** The event to publish, if any. */
  notify: NotificationEvent | null;
  /** Its episode, as it was at the decision. */
  episode: Pick<Episode, 'number' | 'startedAt' | 'retriesUsed'>;
};

type More = Partial<Omit<Details, 'failure' | 'reason' | 'episode'>>;

export function failureDecision(
  job: { episode: Episode },
  failure: Failure,
  outcome: FailureOutcome,
  reason: string,
  more: More = {},
): FailureDecision {
  return { about: 'failure', outcome, ...details(job, failure, reason, more) };
}

export function runDecision(
  job: { episode: Episode },
  failure: Failure,
  outcome: RunOutcome,
  reason: string,
  more: More = {},
): RunDecision {
  return { about: 'run', outcome, ...details(job, failure, reason, more) };
}

export function operatorDecision(
  job: { episode: Episode },
  failure: Failure,
  action: OperatorAction,
  reason: string,
  more: More = {},
): OperatorDecision {
  return { about: 'operator', action, outcome: null, ...details(job, failure, reason, more) };
}

export function findingDecision(
  job: { episode: Episode },
  failure: Failure,
  finding: RunFinding,
  reason: string,
  more: More = {},
): FindingDecision {
  return { about: 'finding', finding, outcome: null, ...details(job, failure, reason, more) };
}

export function causeDecision(
  job: { episode: Episode },
  failure: Failure,
  found: Worded,
  more: More & { announced?: Outcome },
): CauseDecision {
  const { announced = null, ...others } = more;
  return { about: 'cause', outcome: null, found, announced, ...details(job, failure, found.text, others) };
}

/** Copies the job's episode as it is now. */
function details({ episode }: { episode: Episode }, failure: Failure, reason: string, more: More): Details {
  const { number, startedAt, retriesUsed } = episode;
  const nothing = {
    retry: null,
    dueAt: null,
    answer: null,
    cause: null,
    by: null,
    notify: null,
    policy: null,
  };
  return { failure, reason, ...nothing, episode: { number, startedAt, retriesUsed }, ...more };
}
