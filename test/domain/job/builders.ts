import type { Failure } from '../../../src/domain/failure.ts';
import { type JobId, parseJobId } from '../../../src/domain/job-id.ts';
import { type Baseline, type BatchJob, newJob, type Pending } from '../../../src/domain/job/batch-job.ts';
import type { Context, Transition } from '../../../src/domain/job/job-event.ts';
import type { FnoAnswer, Observation, ReadOutcome } from '../../../src/domain/outcome.ts';
import type { RetryPolicy } from '../../../src/domain/retry-policy/retry-policy.ts';

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

export const policy: RetryPolicy = {
  name: 'Every job',
  mode: 'retry',
  maxRetries: 3,
  resetAfterMs: day,
  delaysMs: [0],
  giveUpAfterMs: day,
  expect: { maxDurationMs: null, minDurationMs: null, startWithinMs: null },
};

/** Nothing was asked of F&O yet, and the policy lists the job. */
export function aContext(more: Partial<Context> = {}): Context {
  const nothing = { environment: 'default', isKnown: false, failuresToldUntil: null, read: null };
  return { ...nothing, policyFor: () => policy, now, random: 0.5, token: 'the token', ...more };
}

export const answer: FnoAnswer = { status: 200, isSuccess: true, message: null };

export function observed(status: string, endedAt: Date | null = null): Observation {
  return {
    status,
    startedAt: null,
    endedAt,
    scheduledAt: null,
    isRecurring: false,
    readAt: null,
    description: 'Nightly posting',
    legalEntity: 'USMF',
  };
}

/** What a read gives of a job whose latest run ended then. F&O's clock is ours. */
export function found(status: string, endedAt: Date | null, more: Partial<Observation> = {}): ReadOutcome {
  return { kind: 'found', observation: { ...observed(status, endedAt), readAt: now, ...more }, answer };
}

/** What a read showed of the job before its request: in Error, as the failure left it. */
export function inError({ endedAt }: Failure, readAt: Date): Baseline {
  return {
    status: 'Error',
    startedAt: null,
    endedAt,
    scheduledAt: null,
    readAt,
    failedRunEndedAt: endedAt,
  };
}

/** What an attempt has been through before its first request: nothing. */
export const untried = {
  deferrals: 0,
  http500s: 0,
  unshown: 0,
  unproven: 0,
  unknownSince: null,
  askedByOperator: false,
};

export function aPending(failure: Failure, more: Partial<Pending> = {}): Pending {
  return { failure, firstDueAt: now, dueAt: now, waits: 'delay', ...untried, ...more };
}

/** The transition, which must have changed the job. */
export function changed(step: Transition): Extract<Transition, { kind: 'changed' }> {
  if (step.kind !== 'changed') throw new Error(`The machine says: ${JSON.stringify(step)}`);
  return step;
}
