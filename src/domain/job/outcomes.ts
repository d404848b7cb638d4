/**
 * What the service decided on a failure. It decides `scheduled` and `deferred` failures again; all others are
 * final.
 */
export const failureOutcomes = [
  'requeued',
  'scheduled',
  'deferred',
  'duplicate',
  'superseded',
  'ignored',
  'exhausted',
  'paused',
  'refused',
  'shadow',
  'gone',
] as const;

/** How a run turned out that a requeue, the schedule or a person started. */
export const runOutcomes = ['recovered', 'canceled', 'ended', 'not-started', 'stuck', 'gone'] as const;

/** What is unusual of a run, by what the policy expects of it. */
export const runFindings = ['long-running', 'late', 'too-short'] as const;

/** What an operator does to a job. */
export const operatorActions = ['retry', 'set-to-waiting', 'reset', 'pause', 'resume'] as const;

export type FailureOutcome = (typeof failureOutcomes)[number];
export type RunFinding = (typeof runFindings)[number];
export type RunOutcome = (typeof runOutcomes)[number];
export type OperatorAction = (typeof operatorActions)[number];
export type Outcome = FailureOutcome | RunOutcome;

/**
 * What people and flows can subscribe to. A failure that a retry may heal has no event of its own; its recovery
 * has.
 */
export const notificationEvents = [
  'exhausted',
  'requeued',
  'recovered',
  'needs-attention',
  'cause',
  ...runFindings,
] as const;

export type NotificationEvent = (typeof notificationEvents)[number];
