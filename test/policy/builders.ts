import { newJob } from '../../src/policy/admit.ts';
import type { BatchJob, Claim, FollowUp, WaitingFailure } from '../../src/policy/batch-job.ts';
import type { Failure } from '../../src/policy/failure.ts';
import { type JobId, parseJobId } from '../../src/policy/job-id.ts';
import type { FnoAnswer, Observation } from '../../src/policy/outcome.ts';
import type { StepContext } from '../../src/policy/next-step.ts';
import type { RetryPolicy } from '../../src/policy/retry-policy.ts';

/** The instant at which the examples take place. */
export const now = new Date('2026-03-02T01:00:00Z');

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

export function later(ms: number): Date {
  return new Date(now.getTime() + ms);
}

export function jobIdOf(text: string): JobId {
  const jobId = parseJobId(text);
  if (jobId === null) throw new Error(`${text} is no job id`);
  return jobId;
}

export const jobId = jobIdOf('5637144576');

/** The nth failure of the job: numbered 10 × n, its run ended n - 10 minutes from now. */
export function aFailure(n: number, more: Partial<Failure> = {}): Failure {
  return {
    eventId: `8D1220EB-E514-4E35-844E-${String(n).padStart(12, '0')}`,
    jobId,
    description: 'Nightly posting',
    legalEntity: 'USMF',
    endedAt: later((n - 10) * 60_000),
    controlNumber: String(n * 10),
    ...more,
  };
}

export function aJob(more: Partial<BatchJob> = {}): BatchJob {
  const newlyFailed = newJob('default', { jobId, description: 'Nightly posting', legalEntity: 'USMF' });
  return { ...newlyFailed, ...more };
}

export function aWaiting(failure: Failure, more: Partial<WaitingFailure> = {}): WaitingFailure {
  return { failure, firstDueAt: now, dueAt: now, statusFirst: false, serverErrors: 0, tries: 0, ...more };
}

/** A claim made 31 s ago, so that its lease is over, when the failure's run was the latest that was known of. */
export function aClaim(failure: Failure, more: Partial<Claim> = {}): Claim {
  return {
    token: 'a-token',
    failure,
    runEndedAt: failure.endedAt,
    retry: 1,
    claimedAt: later(-31_000),
    leaseUntil: later(-1000),
    firstDueAt: later(-31_000),
    serverErrors: 0,
    tries: 0,
    ...more,
  };
}

/** A requeue of half a minute ago, due to be looked at now for the first time. */
export function aFollowUp(failure: Failure, more: Partial<FollowUp> = {}): FollowUp {
  const { endedAt } = failure;
  return {
    kind: 'requeue',
    failure,
    runEndedAt: endedAt,
    retry: 1,
    requeuedAt: later(-30_000),
    lookAt: now,
    looks: 0,
    ...more,
  };
}

export const policy: RetryPolicy = {
  name: 'Every job',
  mode: 'retry',
  maxRetries: 3,
  resetAfterMs: day,
  delaysMs: [0],
  giveUpAfterMs: day,
};

/** What a step depends on: nothing was asked of F&O yet, and the policy lists the job. */
export function aContext(more: Partial<StepContext> = {}): StepContext {
  return { policyFor: () => policy, observed: null, token: 'the token', now, ...more };
}

export const answer: FnoAnswer = { status: 200, isSuccess: true, message: null };

export function observed(status: string, endedAt: Date | null = null): Observation {
  return { status, endedAt, description: 'Nightly posting', legalEntity: 'USMF' };
}
