import type { JobId } from '../domain/job-id.ts';
import type { Notification } from '../domain/job/notification.ts';
import type { OperatorAction } from '../domain/job/outcomes.ts';
import type { BatchJobKey } from './ledger.ts';

/** What is measured and traced beside what people are told. Nothing that it does may throw or be waited for. */
export interface Observer {
  /** Runs a step, and observes how long it took and what it came to. Changes nothing about either. */
  step<Result>(step: Step, act: () => Promise<Result>, cameTo: (result: Result) => string): Promise<Result>;
  /** The step that is under way goes back to the one in which this was noted; `trace` as `trace` gave it. */
  linkTo(trace: string): void;
  /** What tells other processes of the step that is under way: a W3C traceparent, or null. */
  trace(): string | null;
  /** What subscribers are told, at least once under one id. */
  notified(key: BatchJobKey, notification: Notification): void;
  /** What a person did to a job. */
  controlled(key: BatchJobKey, action: OperatorAction, reason: string): void;
  /** The circuit breaker of an environment, as it was and as it is now; null until when: it is closed. */
  breaker(environment: string, wasOpenUntil: Date | null, isOpenUntil: Date | null): void;
  /** For how long, in ms, the oldest work of an environment is due that nobody has taken up. */
  oldestDue(environment: string, forMs: number): void;
}

export type Step =
  | { name: 'answer'; route: string; method: string }
  /** A message of Service Bus or Event Hubs. */
  | { name: 'receive-message' }
  | { name: 'process-job'; environment: string; jobId: JobId; dueAt: Date }
  | { name: 'claim'; environment: string; jobId: JobId; eventId: string }
  | { name: 'setToWaiting' | 'readStatus' | 'listJobs'; environment: string; jobId: JobId | null };

/** For a service of which nothing is measured. */
export const unobserved: Observer = {
  step: (_step, act) => act(),
  linkTo: () => undefined,
  trace: () => null,
  notified: () => undefined,
  controlled: () => undefined,
  breaker: () => undefined,
  oldestDue: () => undefined,
};
